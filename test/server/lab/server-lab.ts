/**
 * A server on the Internet, and houses whose lines are behind NATs that rewrite ports:
 *
 *     house -wan1- nat1 -+
 *                        +- internet - server (203.0.113.9; 203.0.113.80/29 is routed to it)
 *     house -wan2- nat2 -+      |
 *                            stranger (198.51.100.2)
 *
 * Without `lines`, two lines; `carrier` puts one more NAT before both, so that they have one address.
 */

import { LabNode } from '../../lab/network/node.ts'
import { waitFor } from '../../wait-for.ts'

export const serverAddress = '203.0.113.9'
export const serverAddressIpv6 = '2001:db8:1::9'
export const strangerAddress = '198.51.100.2'

export interface LabOptions {
  /** Both lines of the first house come from one address. */
  readonly carrier?: boolean
  readonly houses?: readonly string[]
  /** Which machine is the server; else one of the lab's own. */
  readonly server?: LabNode
}

export class ServerLab {
  readonly internet: LabNode
  readonly server: LabNode
  readonly stranger: LabNode
  readonly houses: ReadonlyMap<string, LabNode>
  readonly #nodes: readonly LabNode[]

  private constructor(nodes: ReadonlyMap<string, LabNode>, houses: readonly string[]) {
    const node = (name: string) => {
      const found = nodes.get(name)
      if (found === undefined) throw new Error(`there is no ${name}`)
      return found
    }
    this.internet = node('internet')
    this.server = node('server')
    this.stranger = node('stranger')
    this.houses = new Map(houses.map((name) => [name, node(name)]))
    this.#nodes = [...nodes.values()]
  }

  static async open(options: LabOptions = {}): Promise<ServerLab> {
    const { carrier = false, houses = ['home'], server } = options
    const names = ['internet', 'server', 'stranger', ...(carrier ? ['carrier'] : [])]
    const nats = houses.flatMap((house) => lines.map((line) => `${house}-nat${line}`))
    const all = [...names, ...houses, ...nats]
    const nodes = new Map(
      await Promise.all(
        all.map(async (name) => {
          const given = name === 'server' ? server : undefined
          return [name, given ?? (await LabNode.start(name))] as const
        }),
      ),
    )
    const lab = new ServerLab(nodes, houses)
    await Promise.all(lab.#nodes.map((node) => node.script(setUpScript)))
    const routers = lab.#nodes.filter((node) => node !== lab.server)
    await Promise.all(routers.map((node) => node.script(forwardScript)))
    await lab.#wire(nodes, carrier)
    return lab
  }

  house(name: string): LabNode {
    const house = this.houses.get(name)
    if (house === undefined) throw new Error(`there is no house ${name}`)
    return house
  }

  /** Drops the tunnel's packets on a line, or lets them pass again; its routers still find each other. */
  async silence(link: string, silent: boolean): Promise<void> {
    const rules = ['prerouting', 'postrouting'].map(
      (hook, nth) => `chain ${hook} { type filter hook ${hook} priority 0;
        ${nth === 0 ? 'iifname' : 'oifname'} "${link}" meta l4proto udp drop
      }`,
    )
    const table = `table inet silent-${link}`
    const made = silent ? `${table} {\n${rules.join('\n')}\n}` : ''
    await this.internet.nft(`${table} { }\ndelete ${table}\n${made}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.close()))
  }

  async #wire(nodes: ReadonlyMap<string, LabNode>, carrier: boolean): Promise<void> {
    await wire(this.internet, 'server', this.server, 'eth0')
    await wire(this.internet, 'stranger', this.stranger, 'eth0')
    await this.internet.script(`
      ip address add 203.0.113.1/24 dev server
      ip address add 2001:db8:1::1/64 dev server nodad
      ip address add 198.51.100.1/24 dev stranger
      ip route add 203.0.113.80/29 via ${serverAddress}
      ip route add 2001:db8:80::/44 via ${serverAddressIpv6}
      ip route add 198.18.0.0/15 via ${strangerAddress}`)
    await this.server.script(`
      ip address add ${serverAddress}/24 dev eth0
      ip address add ${serverAddressIpv6}/64 dev eth0 nodad
      ip route add default via 203.0.113.1
      ip route add default via 2001:db8:1::1`)
    await this.stranger.script(`
      ip address add ${strangerAddress}/24 dev eth0
      ip route add default via 198.51.100.1`)
    const upstream = carrier ? nodes.get('carrier') : undefined
    if (upstream !== undefined) {
      await wire(this.internet, 'carriers', upstream, 'ext')
      await this.internet.script('ip address add 100.127.0.1/30 dev carriers')
      await upstream.script(`
        ip address add 100.127.0.2/30 dev ext
        ip route add default via 100.127.0.1`)
      await upstream.nft(masquerade)
    }
    for (const [index, [name, house]] of [...this.houses].entries()) {
      for (const line of lines) {
        const nat = nodes.get(`${name}-nat${line}`)
        if (nat === undefined) throw new Error('a line has no NAT')
        const above = index === 0 && upstream !== undefined ? upstream : this.internet
        const link = `${name}-${line}`
        const net = `100.64.${4 * index + line}`
        await wire(above, link, nat, 'ext')
        await wire(nat, 'lan', house, `wan${line}`)
        await above.script(`ip address add ${net}.1/30 dev ${link}`)
        await nat.script(`
          ip address add ${net}.2/30 dev ext
          ip route add default via ${net}.1
          ip address add 10.${line}.0.1/24 dev lan`)
        await nat.nft(masquerade)
        await house.script(`
          ip address add 10.${line}.0.2/24 dev wan${line}
          ip route add ${serverAddress} via 10.${line}.0.1 metric ${line}
          ip rule add from 10.${line}.0.2 lookup ${line}
          ip route add default via 10.${line}.0.1 table ${line}`)
        await this.#wireIpv6({ nth: 4 * index + line, line, link, nat, house })
      }
    }
  }

  /** Without a NAT; none behind a carrier's. */
  async #wireIpv6({ nth, line, link, nat, house }: Ipv6Line): Promise<void> {
    if (!(await this.internet.run('ip', 'link')).includes(` ${link}@`)) return
    const [outer, inner] = [`2001:db8:6${nth}:`, `2001:db8:7${nth}:`]
    await this.internet.script(`
      ip address add ${outer}:1/64 dev ${link} nodad
      ip route add ${inner}:/64 via ${outer}:2`)
    await nat.script(`
      ip address add ${outer}:2/64 dev ext nodad
      ip address add ${inner}:1/64 dev lan nodad
      ip route add default via ${outer}:1`)
    await house.script(`
      ip address add ${inner}:2/64 dev wan${line} nodad
      ip route add ${serverAddressIpv6} via ${inner}:1 metric ${line}
      ip -6 rule add from ${inner}:2 lookup ${line}
      ip -6 route add default via ${inner}:1 table ${line}`)
  }
}

interface Ipv6Line {
  readonly nth: number
  readonly line: number
  readonly link: string
  readonly nat: LabNode
  readonly house: LabNode
}

export const lines = [1, 2] as const

async function wire(a: LabNode, linkA: string, b: LabNode, linkB: string): Promise<void> {
  await a.script(`
    ip link add ${linkA} type veth peer name ${linkB} netns ${b.pid}
    ip link set ${linkA} up`)
  await b.script(`ip link set ${linkB} up`)
  await waitFor(async () => (await a.run('ip', 'link', 'show', linkA)).includes('LOWER_UP'), {
    what: `the link ${linkA}`,
  })
}

/** wireguard-go's sockets lie below /run, which all machines share but for this folder. */
const setUpScript = `
  ip link set lo up
  mkdir -p /run/wireguard
  mount -t tmpfs tmpfs /run/wireguard
  echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter
  echo 0 > /proc/sys/net/ipv4/conf/default/rp_filter`

/** Ports at random, as a carrier's NAT has them. */
const masquerade = `table ip nat {
  chain out { type nat hook postrouting priority 100; oifname "ext" masquerade random; }
}`

/** Not the server: what it needs it sets itself. */
const forwardScript = `
  echo 1 > /proc/sys/net/ipv4/ip_forward
  echo 1 > /proc/sys/net/ipv6/conf/all/forwarding`
