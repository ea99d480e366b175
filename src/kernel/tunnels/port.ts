/**
 * The ports of the tunnels' devices: `daemon/` calls them, `wireguard-devices.ts` and `l2tp-dialler.ts`
 * implement them.
 */
import type { DialReport, L2tpWish } from '../../model/tunnel/dial.ts'
import type { TunnelReport, TunnelWish } from '../../model/tunnel/tunnel-device.ts'

export interface ShownDevice {
  readonly publicKey: string
  /** When both ends last agreed on keys, in ms since 1970; null: never. */
  readonly handshakeMs: number | null
}

export interface TunnelDevices {
  /** Makes the device be as wanted, as often as asked; what runs in it goes on. Never rejects. */
  tend(wish: TunnelWish): Promise<Extract<TunnelReport, { kind: 'tended' | 'failed' }>>

  /** Sends the server one packet that proves the key, from where its packets leave now. */
  nudge(tunnel: string): Promise<void>

  /** How it is just now. */
  look(tunnel: string): Promise<Extract<TunnelReport, { kind: 'looked' }>>

  /** What a device says of itself; null: there is none. */
  show(link: string): Promise<ShownDevice | null>

  /** Ends what needs this process; devices and their packets go on. */
  close(): void

  /** Takes away all devices of ours but these; resolves with what went wrong, a sentence each. */
  keepOnly(links: readonly string[]): Promise<readonly string[]>
}

export interface TunnelDialler {
  /** Hangs up whatever stands under this name, and dials. Never rejects. */
  dial(wish: L2tpWish): Promise<Exclude<DialReport, { kind: 'listened' }>>

  /** Why there is no connection, as far as its programs say; null: they say nothing. */
  listen(tunnel: string): string | null

  /** Leaves a dialled link its own addresses and these, and `main` no route by it. Never rejects. */
  settle(link: string, address: readonly string[]): Promise<void>

  /** Hangs up; what an earlier run has left goes too. Resolves when the links are gone. */
  hangUp(): Promise<void>
}
