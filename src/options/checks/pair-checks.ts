/** What the options of a pair must be to each other, and to the WANs. */
import ipaddr from 'ipaddr.js'
import { describeFound, formatPath, type Problem } from '../problem.ts'
import type { Draft } from './draft.ts'

export function checkPair(draft: Draft): Problem[] {
  const { pair = {} } = draft
  const { address: own, peer } = pair
  if (own === undefined) return 'address' in pair ? checkAlone(pair) : []
  const [address = ''] = own.split('/')
  const problems: Problem[] = []
  for (const [index, wan] of (draft.wans ?? []).entries()) {
    if (wan?.gateway?.kind !== 'address' || wan.gateway.address !== address) continue
    const expected = `an address that nobody has: wans[${index}] has this one as its gateway`
    problems.push(wrong('address', own, expected))
  }
  if (peer === address) {
    problems.push(
      wrong('peer', peer, "the other box's own address: pair.address is the shared one"),
    )
  } else if (peer !== undefined && !isIn(own, peer)) {
    problems.push(wrong('peer', peer, `an address in the network of pair.address (${own})`))
  }
  return problems
}

/** Without an address there is no pair, and what stands beside it means nothing. */
function checkAlone(pair: NonNullable<Draft['pair']>): Problem[] {
  const { address6, peer, interface: link } = pair
  if (address6 === undefined && peer === undefined && link === undefined) return []
  const expected = 'the address that both boxes share, like 192.168.0.5/24'
  return [{ path: 'pair.address', found: 'nothing', expected }]
}

function isIn(network: string, address: string): boolean {
  return ipaddr.IPv4.parse(address).match(ipaddr.IPv4.parseCIDR(network))
}

function wrong(key: string, found: string, expected: string): Problem {
  return { path: formatPath(['pair', key]), found: describeFound(found, []), expected }
}
