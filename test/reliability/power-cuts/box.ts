import type { WanNumber } from '../../lab/network/plan.ts'
import type { BootedDebian } from '../../systemd/installed-service.ts'

/** A machine between two lines, with the service on it, whose plug can be pulled. */
export interface Box extends BootedDebian {
  /** Rules, routes and nft, as text to compare. */
  dump(): Promise<string>
  /** The line passes nothing on any more, and says nothing; the next start finds it mended. */
  silence(wan: WanNumber): Promise<void>
  /** Off and on again: what wasn't on the disk is lost. */
  cutPower(): Promise<void>
  /** Resolves when systemd has started what it starts. */
  waitUntilUp(): Promise<void>
  /** Whether a client's packets go by this line. */
  carriesBy(wan: WanNumber): Promise<boolean>
  /** Which neighbours get no answer from it. */
  whoMisses(): Promise<readonly string[]>
  close(): Promise<void>
}
