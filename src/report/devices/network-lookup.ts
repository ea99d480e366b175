import ipaddr from 'ipaddr.js'

/** Which values stand for networks that an address lies in; each network is parsed but once. */
export function networkLookup<Value>(
  networks: readonly { readonly cidr: string; readonly value: Value }[],
): (address: string) => readonly Value[] {
  const parsed = networks.map(({ cidr, value }) => ({ network: ipaddr.parseCIDR(cidr), value }))
  return (address) => {
    if (parsed.length === 0) return []
    const one = ipaddr.parse(address)
    return parsed
      .filter(
        ({ network: [base, length] }) => base.kind() === one.kind() && one.match(base, length),
      )
      .map(({ value }) => value)
  }
}
