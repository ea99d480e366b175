/** What a WireGuard device says of itself by `wg`: whose it is, and whom it knows. */
import type { TunnelWish } from '../../model/tunnel/tunnel-device.ts'
import { runTool } from '../tools/run-tool.ts'
import type { ShownDevice } from './port.ts'

export interface Dump extends ShownDevice {
  readonly peerKeys: readonly string[]
}

/** A device as it is, wg(8); null: `wg` can't say. */
export async function dumpOf(link: string): Promise<Dump | null> {
  const shown = await runTool('wg', ['show', link, 'dump'])
  if (shown.kind !== 'done') return null
  const [own, ...peers] = shown.output.split('\n').map((line) => line.split('\t'))
  const publicKey = own?.[1]
  if (publicKey === undefined) return null
  const known = peers.filter((fields) => fields.length > 1)
  const seconds = Number(known[0]?.[4] ?? 0)
  return {
    publicKey,
    peerKeys: known.map(([key = '']) => key),
    handshakeMs: seconds > 0 ? seconds * 1000 : null,
  }
}

/** Whether it has our key and knows the server alone. */
export function isAsSet(
  dump: Dump,
  { publicKey, wish }: { readonly publicKey: string; readonly wish: Pick<TunnelWish, 'peerKey'> },
): boolean {
  return dump.publicKey === publicKey && dump.peerKeys.join() === wish.peerKey
}
