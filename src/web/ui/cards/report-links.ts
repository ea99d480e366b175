/** Where the tables of this month's and the last month's outages are. Pure. */

export interface ReportLink {
  readonly href: string
  /** The month, in the user's words. */
  readonly label: string
}

/** @param language as `de-CH` */
export function reportLinks(nowMs: number, language: string): readonly ReportLink[] {
  const now = new Date(nowMs)
  const name = new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric' })
  return [0, 1].map((ago) => {
    const first = new Date(now.getFullYear(), now.getMonth() - ago, 1)
    const month = `${first.getFullYear()}-${String(first.getMonth() + 1).padStart(2, '0')}`
    return { href: `api/report?month=${month}&format=csv`, label: name.format(first) }
  })
}
