/** Whoever is told what happens: brokers, Home Assistant, the web page. */
import type { Command } from './decision.ts'
import type { ChangeEvent, Snapshot } from './published/snapshot.ts'

export interface Audience {
  /** Makes the snapshot the published state. Never waits, never throws: the newest one wins. */
  publish(snapshot: Snapshot): void

  /** Tells an event once; whoever can't be reached now may never hear of it. Never throws. */
  announce(event: ChangeEvent): void

  /** Says that we go, and ends within two seconds. Idempotent. */
  close(): Promise<void>
}

/** Called with commands that are valid by their form; whether they can be done, the core says. */
export type CommandListener = (command: Command) => void
