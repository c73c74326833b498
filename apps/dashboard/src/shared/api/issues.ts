import type { z } from 'zod';

/** The first message of each field that does not parse, by the field's name. */
export function issuesByField(error: z.ZodError): Record<string, string> {
  const messages: Record<string, string> = {};
  for (const issue of error.issues) {
    const field = String(issue.path[0] ?? '');
    messages[field] ??= issue.code === 'invalid_union' ? 'Not valid; see the example' : issue.message;
  }
  return messages;
}
