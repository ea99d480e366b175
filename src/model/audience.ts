/** Who hears what happens: brokers, Home Assistant, the web page. */
import type { Command } from './decision.ts'
import type { MonthReport } from './published/month-report.ts'
import type { ChangeEvent, Snapshot } from './published/snapshot.ts'

export interface Audience {
  /** Makes the snapshot the published state. Never waits, never throws: the newest one wins. */
  publish(snapshot: Snapshot): void

  /** Reports an event once; who can't be reached now may never hear of it. Never throws. */
  announce(event: ChangeEvent): void

  /** Tells of the outages of the month that has just ended, where anybody wants to hear of them. */
  report?(report: MonthReport): void

  /** Says that we stop, and ends within two seconds. Idempotent. */
  close(): Promise<void>
}

/** Gets commands of a valid form; the core says whether they can be done. */
export type CommandListener = (command: Command) => void
