/** Closed interval of window starts, ms. */
export interface Span {
  from: number;
  to: number;
}

/** Union of two lists that are each sorted and disjoint; the result is so too. */
export function unionSpans(a: readonly Span[], b: readonly Span[]): Span[] {
  if (a.length === 0) return [...b];
  if (b.length === 0) return [...a];
  const union: Span[] = [];
  for (const span of [...a, ...b].sort((x, y) => x.from - y.from)) appendSpan(union, span.from, span.to);
  return union;
}

/** Appends to a sorted list; `from` must not be smaller than that of the last one. */
export function appendSpan(spans: Span[], from: number, to: number): void {
  const last = spans.at(-1);
  if (last === undefined || from > last.to) spans.push({ from, to });
  else if (to > last.to) last.to = to;
}
