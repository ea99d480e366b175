/** Hosts as the kernel would tell them, from a few words. */
import type { HostState, Link, Route } from '../../src/model/host.ts'
import { connectedRoute, exampleAddress, exampleRoute } from './example-route.ts'
import { kernelRules } from './example-rule.ts'

export interface ExampleLink {
  readonly name: string
  /** `192.168.0.3/24`, `2001:db8::3/64`, `fe80::3/64`. */
  readonly addresses?: readonly string[]
  readonly down?: true
  readonly noCarrier?: true
}

export function exampleHost(
  links: readonly ExampleLink[],
  routes: readonly Route[] = [],
  changes: Partial<HostState> = {},
): HostState {
  const addresses = links.flatMap((link) =>
    (link.addresses ?? []).map((text) => exampleAddress(link.name, text)),
  )
  const connected = addresses
    .filter(({ prefixLength, family }) => prefixLength < (family === 'ipv4' ? 32 : 128))
    .map(connectedRoute)
  const loopback: ExampleLink = { name: 'lo' }
  return {
    links: [loopback, ...links].map(linkOf),
    addresses,
    routes: [...connected, ...routes],
    rules: kernelRules,
    ipv6: true,
    nft: null,
    docker: null,
    ...changes,
  }
}

function linkOf({ name, down, noCarrier }: ExampleLink, index: number): Link {
  const up = down === undefined
  const carrier = up && noCarrier === undefined
  return { index: index + 1, name, up, carrier, type: 'ether', mac: null }
}

/** The setting of two gateways on one subnet, with Docker beside. */
export const oneSubnet = exampleHost(
  [
    { name: 'eth0', addresses: ['192.168.0.3/24', 'fe80::3/64'] },
    { name: 'docker0', addresses: ['172.17.0.1/16'] },
  ],
  [exampleRoute('default via 192.168.0.1 dev eth0')],
)
