/** What the kernel says of houses, as text: `wg show … dump` and the maps of twins in, lines out. */
import * as v from 'valibot'
import { endpointText } from '../../model/tunnel/endpoint.ts'
import type { HouseSettings, ServerSettings } from './server-settings.ts'

export interface HouseStatus {
  readonly name: string
  readonly addresses: readonly string[]
  readonly ports: readonly string[]
  /** Where it was last heard from; null: never. */
  readonly endpoint: string | null
  /** null: never. */
  readonly handshakeSecondsAgo: number | null
  readonly bytesIn: number
  readonly bytesOut: number
  /** Where else each of its packets goes; null: nowhere. */
  readonly twin: string | null
}

/** wg(8): a line for the interface, and one for each peer, with tabs between. */
export function readHouseStatus(
  { houses }: Pick<ServerSettings, 'houses'>,
  { dump, twins, nowS }: { dump: string; twins: ReadonlyMap<string, string>; nowS: number },
): readonly HouseStatus[] {
  const peers = new Map(
    dump
      .split('\n')
      .slice(1)
      .map((line) => line.split('\t'))
      .map(([key = '', , endpoint = '', , handshake = '0', received = '0', sent = '0']) => [
        key,
        { endpoint, handshake: Number(handshake), received: Number(received), sent: Number(sent) },
      ]),
  )
  return houses.map((house) => {
    const peer = peers.get(house.public_key)
    const { endpoint = '(none)', handshake = 0, received = 0, sent = 0 } = peer ?? {}
    return {
      ...namesOf(house),
      endpoint: endpoint === '(none)' ? null : endpoint,
      handshakeSecondsAgo: handshake === 0 ? null : Math.max(0, nowS - handshake),
      bytesIn: received,
      bytesOut: sent,
      twin: twins.get(endpoint) ?? null,
    }
  })
}

export function statusLines(houses: readonly HouseStatus[]): readonly string[] {
  if (houses.length === 0) return ['No house is let in: wan-failover-server add NAME']
  return houses.flatMap((house) => {
    const ports = house.ports.length === 0 ? '' : ` and its ports ${house.ports.join(', ')}`
    return [`${house.name}: ${house.addresses.join(', ')}${ports}`, `  ${wherePhrase(house)}`]
  })
}

function wherePhrase(house: HouseStatus): string {
  const { endpoint, handshakeSecondsAgo, twin, bytesIn, bytesOut } = house
  if (handshakeSecondsAgo === null) {
    return 'it has not been here yet: is the invitation in its options, and WireGuard’s port open?'
  }
  const copies = twin === null ? '' : ` and ${twin}, each packet goes to both`
  // WireGuard makes new keys every two minutes as long as there is something to send.
  const stale = handshakeSecondsAgo > staleS ? 'silent: ' : ''
  const bytes = `${bytesPhrase(bytesIn)} in, ${bytesPhrase(bytesOut)} out`
  return `${stale}keys made ${handshakeSecondsAgo} s ago, at ${endpoint}${copies}; ${bytes}`
}

/** WireGuard refuses keys that are older (its REJECT_AFTER_TIME). */
const staleS = 180

function bytesPhrase(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const unit = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return `${(bytes / 1000 ** unit).toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`
}

function namesOf({ name, addresses, ports }: HouseSettings) {
  return { name, addresses, ports }
}

const element = v.tuple([
  v.looseObject({
    elem: v.looseObject({ val: v.looseObject({ concat: v.tuple([v.string(), v.number()]) }) }),
  }),
  v.number(),
])
const listing = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    nftables: v.array(
      v.looseObject({ map: v.optional(v.looseObject({ elem: v.optional(v.array(element), []) })) }),
    ),
  }),
)

/** `nft -j list map`'s twins: which endpoint has which other one. Two that follow are a pair. */
export function readTwins(text: string): ReadonlyMap<string, string> {
  const read = v.safeParse(listing, text)
  const elements = read.success ? read.output.nftables.flatMap(({ map }) => map?.elem ?? []) : []
  const byMark = new Map(
    elements.map(([{ elem }, mark]) => {
      const [host, port] = elem.val.concat
      return [mark / 0x1000000, endpointText({ host, port })]
    }),
  )
  const twins = new Map<string, string>()
  for (const [mark, endpoint] of byMark) {
    // Marks count from one: an odd one and the next are a house's.
    const other = byMark.get(mark % 2 === 1 ? mark + 1 : mark - 1)
    if (other !== undefined) twins.set(endpoint, other)
  }
  return twins
}
