/** The port of the pair: the daemon speaks to this, `keepalived.ts` implements it. */
import type { PairNews, PairOrder } from '../model/pair.ts'

export type PairListener = (news: PairNews) => void

export interface PairKeeper {
  /** From now on this one hears what becomes of it, and at once how it stands; others no more. */
  attend(listener: PairListener): void

  /**
   * Takes part in the pair as ordered, or goes on with it. Each call also says that the daemon's
   * loop turns: without one for two and a half seconds, this box gives way by itself. Never throws; what
   * becomes of it comes to the listener.
   */
  keep(order: PairOrder): void

  /** Leaves the house to the other box; resolves when the address is gone. Idempotent. */
  leave(): Promise<void>
}
