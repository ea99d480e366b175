import type { BootedDebian } from '../../systemd/installed-service.ts'
import type { Neighbourhood } from './neighbourhood.ts'

/** A machine between two lines, with the service on it, whose plug can be pulled. */
export interface Box extends BootedDebian {
  readonly around: Neighbourhood
  /** Rules, routes and nft, as text to compare. */
  dump(): Promise<string>
  /** Off and on again: what wasn't on the disk is lost. */
  cutPower(): Promise<void>
  /** Resolves when systemd has started what it starts. */
  waitUntilUp(): Promise<void>
  close(): Promise<void>
}
