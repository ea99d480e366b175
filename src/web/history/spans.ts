/** Arithmetic with spans of time, for sums that count no moment twice. Pure. */

export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** The same moments, in order and without overlaps. */
export function union(spans: readonly Span[]): readonly Span[] {
  const merged: Span[] = []
  for (const span of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1)
    if (span.toMs <= span.fromMs) continue
    if (last === undefined || span.fromMs > last.toMs) merged.push(span)
    else merged[merged.length - 1] = { ...last, toMs: Math.max(last.toMs, span.toMs) }
  }
  return merged
}

/** The moments that are in both. */
export function overlap(some: readonly Span[], others: readonly Span[]): readonly Span[] {
  const both = some.flatMap((one) =>
    others.map((other) => ({
      fromMs: Math.max(one.fromMs, other.fromMs),
      toMs: Math.min(one.toMs, other.toMs),
    })),
  )
  return union(both)
}

/** The moments of the first that aren't in the others. */
export function without(some: readonly Span[], others: readonly Span[]): readonly Span[] {
  let left = union(some)
  for (const { fromMs, toMs } of union(others)) {
    left = left.flatMap((one) =>
      union([
        { fromMs: one.fromMs, toMs: Math.min(one.toMs, fromMs) },
        { fromMs: Math.max(one.fromMs, toMs), toMs: one.toMs },
      ]),
    )
  }
  return left
}

export function lengthMs(spans: readonly Span[]): number {
  return union(spans).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)
}
