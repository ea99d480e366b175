/**
 * A host whose every cable ends in this process: clients' packets are put into its links, and what
 * it sends out is seen there, and by which gateway it wanted to go. There are no other machines;
 * import `enter-namespace.ts` before.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { type Libc, loadLibc } from '../../src/probe/sockets/libc.ts'
import { openPacketSender, socketAddress } from '../../src/probe/sockets/raw-socket.ts'
import { frameBytes, macBytes, type PacketWords, packetBytes } from './packet-bytes.ts'

export interface PanelLink {
  readonly name: string
  readonly addresses: readonly string[]
}

export interface PanelGateway {
  readonly name: string
  readonly link: string
  readonly addresses: readonly string[]
  readonly mac: string
}

/** Who sends: a device behind a link, or this host itself. */
export type Sender = { readonly link: string; readonly mac: string } | 'host'

export class PatchPanel {
  readonly #libc: Libc
  readonly #gateways: readonly PanelGateway[]
  readonly #wire: number
  readonly #indexes: ReadonlyMap<string, number>
  readonly #own = new Map<string, number>()

  constructor(links: readonly PanelLink[], gateways: readonly PanelGateway[]) {
    const loaded = loadLibc()
    if (loaded.kind === 'missing') throw new Error(loaded.reason)
    this.#libc = loaded.libc
    this.#gateways = gateways
    for (const [path, value] of sysctls) writeFileSync(`/proc/sys/net/${path}`, value)
    execFileSync('ip', ['-batch', '-'], {
      input: [...links.flatMap(linkLines), ...gateways.flatMap(neighbourLines)].join('\n'),
    })
    nft(sightingsTable(links, gateways))
    this.#indexes = new Map(
      links.map(({ name }) => [name, loaded.libc.interfaceIndex(farEnd(name))]),
    )
    this.#wire = loaded.libc.socket(AF_PACKET, SOCK_RAW, 0)
  }

  send(sender: Sender, words: PacketWords): void {
    const packet = packetBytes(words)
    if (sender === 'host') {
      // A host without a way refuses to send, which is an answer too.
      this.#libc.sendto(this.#ownSocket(words), packet, socketAddress(words.to))
      return
    }
    const frame = frameBytes(packet, { from: sender.mac, to: hostMac })
    const index = this.#indexes.get(sender.link)
    if (index === undefined) throw new Error(`there is no link ${sender.link}`)
    const sent = this.#libc.sendto(this.#wire, frame, wireAddress(index))
    if (sent !== frame.length) throw new Error(`sending a frame: ${this.#libc.errorCode()}`)
  }

  /** By target address, the gateways that packets for it were sent to since the last call. */
  sightings(): ReadonlyMap<string, ReadonlySet<string>> {
    const seen = new Map<string, Set<string>>()
    const listing = nft(`list table netdev sightings`)
    for (const { name } of this.#gateways) {
      for (const family of ['ipv4', 'ipv6']) {
        const set = new RegExp(`set ${name}_${family} \\{[^}]*?elements = \\{([^}]*)\\}`)
        for (const target of set.exec(listing)?.[1]?.split(',') ?? []) {
          const key = target.trim()
          seen.set(key, (seen.get(key) ?? new Set()).add(name))
        }
      }
    }
    const sets = this.#gateways.flatMap(({ name }) => [`${name}_ipv4`, `${name}_ipv6`])
    nft(sets.map((set) => `flush set netdev sightings ${set}`).join('\n'))
    return seen
  }

  /** Bound, so that the kernel asks its rules with the packet's own source address. */
  #ownSocket({ family, from }: PacketWords): number {
    const known = this.#own.get(from)
    if (known !== undefined) return known
    const opened = openPacketSender(this.#libc, family, 0)
    if (opened.kind === 'failed') throw new Error(opened.reason)
    if (this.#libc.bind(opened.value, socketAddress(from)) !== 0) {
      throw new Error(`binding to ${from}: ${this.#libc.errorCode()}`)
    }
    this.#own.set(from, opened.value)
    return opened.value
  }
}

function nft(script: string): string {
  return execFileSync('nft', ['-f', '/dev/stdin'], { input: script, encoding: 'utf8' })
}

function linkLines({ name, addresses }: PanelLink): string[] {
  return [
    `link add ${name} address ${hostMac} type veth peer name ${farEnd(name)}`,
    `link set ${farEnd(name)} addrgenmode none up`,
    `link set ${name} addrgenmode none up`,
    ...addresses.map((address) => `address add ${address} dev ${name} nodad`),
  ].map((line) => (line.includes('.') ? line.replace(' nodad', '') : line))
}

function neighbourLines({ link, addresses, mac }: PanelGateway): string[] {
  return addresses.map((address) => `neigh add ${address} lladdr ${mac} dev ${link} nud permanent`)
}

/** What the host sends ends here, at the far ends of its cables. */
function sightingsTable(links: readonly PanelLink[], gateways: readonly PanelGateway[]): string {
  const sets = gateways.flatMap(({ name }) =>
    ['ipv4', 'ipv6'].map(
      (family) => `set ${name}_${family} { type ${family}_addr; flags dynamic; }`,
    ),
  )
  const chains = links.map((link) => {
    const rules = gateways
      .filter((gateway) => gateway.link === link.name)
      .flatMap(({ name, mac }) => [
        `ether daddr ${mac} update @${name}_ipv4 { ip daddr }`,
        `ether daddr ${mac} update @${name}_ipv6 { ip6 daddr }`,
      ])
    const hook = `type filter hook ingress device "${farEnd(link.name)}" priority 0;`
    return [`chain ${link.name} {`, hook, ...rules, 'drop', '}'].join('\n')
  })
  return `table netdev sightings {\n${[...sets, ...chains].join('\n')}\n}`
}

function farEnd(link: string): string {
  return `far-${link}`
}

/** A `sockaddr_ll`, packet(7): a frame for a link. */
function wireAddress(index: number): Buffer {
  const address = Buffer.alloc(20)
  address.writeUInt16LE(AF_PACKET, 0)
  address.writeInt32LE(index, 4)
  address.writeUInt8(6, 11)
  macBytes(hostMac).copy(address, 12)
  return address
}

const hostMac = '02:00:00:00:00:03'
const AF_PACKET = 17
const SOCK_RAW = 3
const sysctls = [
  ['ipv4/ip_forward', '1'],
  ['ipv6/conf/all/forwarding', '1'],
  ['ipv4/conf/all/rp_filter', '0'],
  ['ipv4/conf/default/rp_filter', '0'],
  ['ipv6/conf/default/accept_ra', '0'],
  ['ipv6/conf/default/accept_dad', '0'],
] as const
