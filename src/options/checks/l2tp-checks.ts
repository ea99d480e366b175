/** What an L2TP tunnel needs, and what of another kind's options it can't do. */
import { formatPath, type Problem } from '../problem.ts'
import { isRefused, type TunnelDraft } from './draft.ts'

export function checkL2tp(tunnel: TunnelDraft, index: number): Problem[] {
  const problem = (key: string, found: string, expected: string): Problem => ({
    ...{ path: formatPath(['tunnels', index, key]), found, expected },
  })
  const missing = needed.flatMap(({ key, expected }) =>
    tunnel[key] === undefined && !isRefused(tunnel, key) ? problem(key, 'nothing', expected) : [],
  )
  const strange = ofWireguard.flatMap((key) =>
    tunnel[key] === undefined
      ? []
      : problem(key, 'one with kind: l2tp', "nothing: it is WireGuard's"),
  )
  const isIpv6 = tunnel.endpoint?.host.includes(':') === true
  return [
    ...missing,
    ...strange,
    ...(tunnel.mode === 'both' ? [problem('mode', 'both with kind: l2tp', onlyRoaming)] : []),
    ...(isIpv6 ? [problem('endpoint', 'an IPv6 address', onlyIpv4)] : []),
  ]
}

/** What only L2TP knows, where the kind is another one. */
export function checkNotL2tp(tunnel: TunnelDraft, index: number): Problem[] {
  return (['username', 'password'] as const).flatMap((key) =>
    tunnel[key] === undefined
      ? []
      : {
          path: formatPath(['tunnels', index, key]),
          found: 'one with kind: wireguard',
          expected: 'kind: l2tp, or nothing: WireGuard has keys',
        },
  )
}

const needed = [
  { key: 'endpoint', expected: 'the server like l2tp.example.org:1701' },
  { key: 'username', expected: 'the name that your provider has given you' },
  { key: 'password', expected: 'the password that your provider has given you' },
] as const

const ofWireguard = ['invitation', 'private_key', 'peer_key', 'inside'] as const

const onlyRoaming = 'roaming: a server takes a second copy of L2TP for a new packet'
const onlyIpv4 = 'a name, or an IPv4 address: xl2tpd speaks no IPv6 to its server'
