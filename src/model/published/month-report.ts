/**
 * A month of outages: what `api/report` answers, and the data of the event `wan_failover_report`. The
 * names are public; a key may be added, never renamed.
 */

export interface MonthReport {
  /** As `2026-11`, in this machine's time zone. */
  readonly month: string
  /** ISO 8601, UTC; of a month that isn't over, until now. */
  readonly from: string
  readonly to: string
  /** Since when there is any record in this month, ISO 8601; null: there is none. */
  readonly recorded_from: string | null
  /** While the line in use was down and another one carried the house. */
  readonly saved_s: number
  /** While no line worked. */
  readonly offline_s: number
  readonly failovers: number
  readonly wans: Readonly<Record<string, MonthOfWan>>
  /** In the order they began. */
  readonly outages: readonly Outage[]
}

export interface MonthOfWan {
  /** While this machine watched it. */
  readonly watched_s: number
  readonly down_s: number
  readonly outages: number
  readonly longest_s: number
  /** Of the time watched, 0 to 100; null: it wasn't watched. */
  readonly availability_percent: number | null
}

export interface Outage {
  readonly wan: string
  /** ISO 8601, UTC; an outage that began before the month begins with the month. */
  readonly from: string
  /** null: it lasts. */
  readonly to: string | null
  readonly seconds: number
  /** `restart`: the daemon began anew meanwhile; the line was down until then at most. */
  readonly ended_by: 'line' | 'restart' | 'month' | null
  readonly reason: string
}
