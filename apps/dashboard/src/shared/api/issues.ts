import type { z } from 'zod';

function textOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union') return 'Not valid; see the example';
  if (issue.code === 'too_small' && issue.origin === 'string')
    return `At least ${String(issue.minimum)} characters`;
  return issue.message;
}

/** The first message of each field that does not parse, by the field's name. */
export function issuesByField(error: z.ZodError): Record<string, string> {
  const messages: Record<string, string> = {};
  for (const issue of error.issues) {
    const field = String(issue.path[0] ?? '');
    messages[field] ??= textOf(issue);
  }
  return messages;
}
