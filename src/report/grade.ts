/** What this kernel can't do, and what becomes of it: a sentence each, nothing where all is there. */
import type { Capabilities } from '../model/host.ts'

export function describeGrade(capabilities: Capabilities): readonly string[] {
  const { nft, ctMark, conntrack, multipath, nat6 = true } = capabilities
  if (!nft) {
    return [
      'this kernel has no nft, or it may not be used: failover works by rules alone; policies, ' +
        'address translation and the cutting of dead connections do not',
    ]
  }
  return [
    ...(ctMark
      ? []
      : [
          "this kernel can't mark connections: TCP connections are remembered in nft sets instead, " +
            'answers go back by the address they were asked at, and other flows follow every move',
        ]),
    ...(conntrack
      ? []
      : [
          "tracked connections can't be listed or forgotten here: clients' TCP connections are " +
            "remembered in nft sets as well; this machine's own that only receive are cut late",
        ]),
    ...(multipath
      ? []
      : ['this kernel has no multipath routes: nothing is lost, connections are balanced by nft']),
    ...(nat6
      ? []
      : [
          "this kernel can't translate IPv6: devices have IPv6 only by a WAN whose prefix they use",
        ]),
  ]
}
