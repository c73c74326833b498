/** What a pressed key asks for. */
export type ShortcutAction =
  { kind: 'go'; key: string } | { kind: 'help' } | { kind: 'filter' } | { kind: 'none' };

export const SEQUENCE_MS = 1200;

/** Reads single keys and the two-key sequences that begin with `g`. Pure: time comes from outside. */
export function createShortcutReader() {
  let leaderAt = -Infinity;
  return (key: string, now: number): ShortcutAction => {
    const inSequence = now - leaderAt <= SEQUENCE_MS;
    leaderAt = -Infinity;
    if (inSequence) return { kind: 'go', key };
    if (key === 'g') leaderAt = now;
    if (key === '?') return { kind: 'help' };
    if (key === '/') return { kind: 'filter' };
    return { kind: 'none' };
  };
}
