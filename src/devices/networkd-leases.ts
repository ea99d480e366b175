import * as v from 'valibot'

const bytes = v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)))
const lease = v.object({
  Address: v.pipe(bytes, v.length(4)),
  ClientId: v.optional(bytes),
  HardwareAddress: v.optional(bytes),
  Hostname: v.optional(v.string()),
})
const leases = v.array(lease)
/** Up to 256 it is the list alone. */
const file = v.union([
  leases,
  v.pipe(
    v.object({ Leases: leases }),
    v.transform((all) => all.Leases),
  ),
])

export interface NetworkdLease {
  readonly address: string
  readonly mac: string | undefined
  readonly name: string | undefined
}

/** What systemd-networkd's DHCP server keeps of an interface's clients, as JSON. */
export function networkdLeases(text: string): readonly NetworkdLease[] {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), file), text)
  if (!parsed.success) return []
  return parsed.output.map(({ Address, ClientId, HardwareAddress, Hostname }) => ({
    address: Address.join('.'),
    mac: macOf(HardwareAddress) ?? macOf(ofEthernet(ClientId)),
    name: Hostname,
  }))
}

/** RFC 2132: a client without an id of its own is known by its kind of link and its address there. */
function ofEthernet([kind, ...rest]: readonly number[] = []): readonly number[] | undefined {
  return kind === 1 ? rest : undefined
}

function macOf(address: readonly number[] | undefined): string | undefined {
  if (address?.length !== 6) return undefined
  return address.map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}
