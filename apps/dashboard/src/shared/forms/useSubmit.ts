import { ref } from 'vue';
import type { Ref } from 'vue';
import type { z } from 'zod';
import { toApiError } from '../api/errors.js';
import type { ApiErrorCode } from '../api/errors.js';
import { issuesByField } from '../api/issues.js';

/** The field that an error of the API is about, and its text where the API's own is not for this reader. */
export interface Blame {
  field: string;
  text?: string;
}

export interface Submission<T> {
  /** Message by the field's name. */
  errors: Ref<Record<string, string>>;
  /** What no field can show. */
  failure: Ref<string>;
  busy: Ref<boolean>;
  clear: () => void;
  /** Checks the input, then sends it. Nothing is sent of what does not parse; nothing is thrown. */
  submit: (input: Record<string, unknown>, send: (body: T) => Promise<void>) => Promise<void>;
}

/** `body.recipients.0` is about `recipients`. */
const fieldOf = (path: string) => path.replace(/^body\./, '').split('.')[0] ?? '';

const isEmpty = (value: unknown) =>
  value === null ||
  value === undefined ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value) && value.length === 0);

/** Checking and sending of one form by its endpoint's schema. What the server refuses is shown where it belongs. */
export function useSubmit<S extends z.ZodType>(
  schema: S,
  blame: Partial<Record<ApiErrorCode, Blame>> = {},
): Submission<z.output<S>> {
  const errors = ref<Record<string, string>>({});
  const failure = ref('');
  const busy = ref(false);

  function clear() {
    errors.value = {};
    failure.value = '';
  }

  function tell(caught: unknown) {
    const error = toApiError(caught);
    const blamed = blame[error.code];
    if (blamed) {
      errors.value = { [blamed.field]: blamed.text ?? error.detail ?? error.title };
      return;
    }
    errors.value = Object.fromEntries(error.fields.map(({ path, message }) => [fieldOf(path), message]));
    failure.value = [error.title, error.detail].filter(Boolean).join(': ');
  }

  async function submit(input: Record<string, unknown>, send: (body: z.output<S>) => Promise<void>) {
    // Enter in a field submits too, whatever the button shows.
    if (busy.value) return;
    clear();
    const parsed = schema.safeParse(input);
    if (!parsed.success) {
      const issues = Object.entries(issuesByField(parsed.error));
      errors.value = Object.fromEntries(
        issues.map(([field, text]) => [field, isEmpty(input[field]) ? 'Needed' : text]),
      );
      return;
    }
    busy.value = true;
    try {
      await send(parsed.data);
    } catch (caught) {
      tell(caught);
    } finally {
      busy.value = false;
    }
  }

  return { errors, failure, busy, clear, submit };
}
