/** What this kernel can't do, and what becomes of it: a sentence each, nothing where all is there. */
import type { Capabilities } from '../model/host.ts'

export function describeGrade(capabilities: Capabilities): readonly string[] {
  const { nft, ctMark, conntrack, multipath } = capabilities
  const { nat6 = true, dnat = true, setCounters = true } = capabilities
  if (!nft) {
    return [
      'nft is missing on this kernel, or this process may not use it: failover works, but ' +
        'policies, address translation and resets of dead connections do not',
    ]
  }
  return [
    ...(ctMark
      ? []
      : [
          "this kernel can't mark connections: devices' TCP connections are kept in nft sets " +
            'instead, all others follow every move, and replies to connections from outside choose ' +
            'their WAN by their source address',
        ]),
    ...(conntrack
      ? []
      : [
          "this kernel can't list or delete tracked connections: devices' TCP connections are " +
            "kept in nft sets too, and this machine's own that only receive are reset late",
        ]),
    ...(multipath
      ? []
      : ['this kernel has no multipath routes: nothing is missing, nft balances connections']),
    ...(nat6
      ? []
      : [
          "this kernel can't translate IPv6: devices have IPv6 only on the WAN whose prefix they use",
        ]),
    ...(dnat
      ? []
      : [
          "this kernel can't translate where packets go: names that only a dead line's resolver " +
            'knows die with that line',
        ]),
    ...(setCounters
      ? []
      : ["this kernel can't count in nft sets: the page doesn't know which devices pass"]),
  ]
}
