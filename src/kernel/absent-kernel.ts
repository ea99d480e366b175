import { type ForwardingState, type HostState, nothingPossible } from '../model/host.ts'
import type { Kernel } from './port.ts'

/**
 * Stands in where there is no `ip`: it sees nothing and changes nothing, so that the daemon can say
 * what is missing.
 */
export const absentKernel: Kernel = {
  read: async () => emptyHost,
  apply: async () => [],
  routeGet: async () => ({ nextHop: null, table: 0, source: null }),
  watch: () => {},
  capabilities: async () => nothingPossible,
  forwarding: async () => unknownForwarding,
  linkBytes: async () => null,
  counters: async () => null,
  neighbourState: async () => null,
  askRouters: () => {},
  forgetUnmasqueraded: async () => 0,
  tcpFlows: async () => [],
  forgetFlows: async () => {},
  forgetOwnFlows: async () => {},
  forgetUnanswered: async () => {},
  forgetQueries: async () => {},
  close: async () => {},
}

const emptyHost: HostState = {
  links: [],
  addresses: [],
  routes: [],
  rules: [],
  ipv6: false,
  nft: null,
  docker: null,
}

/** Nothing that one could advise on. */
const unknownForwarding: ForwardingState = {
  ipForward: true,
  ip6Forward: true,
  reversePathFilter: {},
  sendRedirects: {},
  acceptRedirects: {},
  forwardPolicy: 'unknown',
  droppingChain: null,
  dockerUser: false,
  amendable: false,
}
