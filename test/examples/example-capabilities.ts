import type { Capabilities, ForwardingState } from '../../src/model/host.ts'

/** A kernel that can do everything, unless told otherwise. */
export function exampleCapabilities(changes: Partial<Capabilities> = {}): Capabilities {
  return {
    nft: true,
    ctMark: true,
    conntrack: true,
    multipath: true,
    forwarding: true,
    ...changes,
  }
}

/** A host that lets its clients' packets pass, unless told otherwise. */
export function exampleForwarding(changes: Partial<ForwardingState> = {}): ForwardingState {
  return {
    ipForward: true,
    ip6Forward: true,
    reversePathFilter: {},
    sendRedirects: {},
    acceptRedirects: {},
    forwardPolicy: 'accept',
    droppingChain: null,
    dockerUser: false,
    amendable: false,
    ...changes,
  }
}
