/** How far back the page looks. */
export const rangeMs = { hour: 3_600_000, day: 86_400_000, month: 30 * 86_400_000 } as const

export type HistoryRange = keyof typeof rangeMs
