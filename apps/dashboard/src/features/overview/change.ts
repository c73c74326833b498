/** How a figure compares with the range before, in words. */
export function changeSince(now: number, before: number): string {
  if (before === 0) return now === 0 ? 'none before either' : 'none in the range before';
  const percent = Math.round(((now - before) / before) * 100);
  if (percent === 0) return 'as in the range before';
  return `${percent > 0 ? '▲' : '▼'} ${Math.abs(percent)} % on the range before`;
}
