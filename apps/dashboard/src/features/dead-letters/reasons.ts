/** What is told of a reason: its name in a list, and what must be mended before a replay helps. */
export interface ReasonText {
  title: string;
  mend: string;
}

/** A new reason of the processor is one row here. */
const REASONS = new Map<string, ReasonText>([
  [
    'older_than_retention',
    {
      title: 'Older than the retention',
      mend: 'First have the operator of Parapet keep your events for longer.',
    },
  ],
  [
    'poison',
    {
      title: 'Could not be stored',
      mend: 'First see in the detail what was refused. A time in the future only needs to come near; anything else needs an update of Parapet that can store it.',
    },
  ],
]);

/** A reason that this page does not know yet is shown by its own name. */
export function reasonText(reason: string): ReasonText {
  const words = reason.replaceAll('_', ' ');
  return (
    REASONS.get(reason) ?? {
      title: words.charAt(0).toUpperCase() + words.slice(1),
      mend: 'First see in the detail what kept them, and mend that.',
    }
  );
}

export const KNOWN_REASONS: readonly string[] = [...REASONS.keys()];
