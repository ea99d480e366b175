/** The port towards Home Assistant: `daemon.ts` speaks to this, `homeassistant/` implements it. */
import type { Command } from '../model/decision.ts'
import type { ChangeEvent, Snapshot } from '../model/snapshot.ts'

export interface HomeAssistant {
  /** Makes the snapshot the published state. Never waits: the newest one wins. */
  publish(snapshot: Snapshot): void

  /** Tells an event once; while the broker is away it is dropped, not kept. */
  announce(event: ChangeEvent): void

  /** Says `offline` and disconnects, within two seconds. Idempotent. */
  close(): Promise<void>
}

/** Called with commands that are valid by their form; whether they can be done, the core says. */
export type CommandListener = (command: Command) => void
