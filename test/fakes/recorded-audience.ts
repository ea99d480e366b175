import type { Audience } from '../../src/model/audience.ts'
import type { ChangeEvent, Snapshot } from '../../src/model/published/snapshot.ts'

/** A Home Assistant that keeps the newest snapshot and every event, and can pass both on. */
export class RecordedAudience implements Audience {
  snapshot: Snapshot | null = null
  readonly events: ChangeEvent[] = []
  closed = false
  onSnapshot: (snapshot: Snapshot) => void = () => {}
  onEvent: (event: ChangeEvent) => void = () => {}
  /** While it closes something may be asked for yet. */
  onClose: () => void = () => {}

  publish(snapshot: Snapshot): void {
    this.snapshot = snapshot
    this.onSnapshot(snapshot)
  }

  announce(event: ChangeEvent): void {
    this.events.push(event)
    this.onEvent(event)
  }

  async close(): Promise<void> {
    this.closed = true
    this.onClose()
  }
}
