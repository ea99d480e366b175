/**
 * The numbers that are ours in the kernel: protocol, priorities, marks, ports. They are public:
 * users and other tools hold on to them, so each is written here once and nowhere else.
 */

/** Protocol number of our rules and routes; see /etc/iproute2/rt_protos for those in use. */
export const ourProtocol = 201

/** Rules of ours live in these priorities; before them only those that follow another program's. */
export const priorityRange = { first: 9900, last: 10999 } as const

/** All our marks are in the highest byte; Tailscale, mwan3 and Kubernetes use the others. */
export const markMask = 0xff000000

export const nftTable = 'wan_failover'

export const maxWans = 8

/** `wan` is a WAN's position, from 0. */
export const wanMark = (wan: number): number => (0x01 + wan) * 0x1000000
export const probeMark = (wan: number): number => (0x09 + wan) * 0x1000000
/** Distinct `use` lists have the marks 0x11 to 0xef; `use` counts them from 0. */
export const useMark = (use: number): number => (0x11 + use) * 0x1000000
/** Packets that make a client speak; no rule knows it. */
export const pokeMark = 0xf0000000
export const maxUses = 0xef - 0x11 + 1
/** A tunnel's outer packets have the marks 0xf1 to 0xf8; `wan` is the tunnel's own position. */
export const outerMark = (wan: number): number => (0xf1 + wan) * 0x1000000

/** Source ports of probes that Node sends without a mark; above Linux's ephemeral ports. */
export const probePorts = (wan: number): { first: number; last: number } => ({
  first: 61000 + 100 * wan,
  last: 61000 + 100 * wan + 99,
})

/** From these ports a line, or a tunnel itself, is asked for the hello: among its probes' own. */
export const helloPort = (wan: number, tunnel: number): number =>
  probePorts(wan).first + 90 + tunnel

/**
 * Source ports of the questions by which we watch the machine's resolvers. No rule knows them: they
 * go the way of everything that this machine asks. Nothing of ours translates them, though, for
 * they find out whether a resolver itself answers. Above the probes' own.
 */
export const resolverAskPorts = { first: 61800, last: 61899 } as const

/** A copy of such a packet, on its way out by another line; no rule knows it. */
export const copyMark = 0xf9000000

/** Where a tunnel's outer packets leave from: WireGuard's port, above the resolvers' questions. */
export const tunnelPort = (wan: number): number => 61900 + wan

export const priorities = {
  probeMark: (wan: number): number => 9900 + 2 * wan,
  /** Four a WAN: UDP, its unreachable, TCP, its unreachable. */
  probePort: (wan: number, protocol: 'udp' | 'tcp'): number =>
    9930 + 4 * wan + (protocol === 'udp' ? 0 : 2),
  /** What a tunnel on two lines sends by a link that WireGuard has chosen. */
  outerByLink: (wan: number): number => 9962 + wan,
  /** What a tunnel sends, by the line that carries it. */
  outer: (wan: number): number => 9970 + 2 * wan,
  /** What goes to everyone nearby. */
  multicast: 9990,
  broadcast: 9991,
  /** A query that goes to another resolver, where `main` leads that one elsewhere. */
  rescued: (wan: number): number => 9992 + wan,
  mainWithoutDefault: 10000,
  wanMark: (wan: number): number => 10010 + 2 * wan,
  use: (use: number): number => 10100 + 2 * use,
  wanAddress: (wan: number): number => 10800 + wan,
  /** This machine's own packets, before nft has seen them: where the default policy fails closed. */
  ownDefault: 10898,
  ownOther: 10899,
  defaultPolicy: 10900,
} as const
