/**
 * The far end of a tunnel, on the lab's Internet: WireGuard by the kernel or by a program, so real
 * packets on every kernel. Whoever comes out of it is seen there with the house's own address.
 */
import type { Lab } from '../lab.ts'
import type { LabNode } from '../network/node.ts'
import { ports, target } from '../network/plan.ts'
import { addWireguardLink, type WireguardLink } from './wireguard-link.ts'

const link = 'wg-far'
const port = 51_820
const sockets = '/run/wireguard'

/** The house's own address, and the server's inside. */
export const houseAddress = '203.0.113.80'
const insideAddress = '10.99.0.1'

/** What is led to the house, where the lab has IPv6. */
const housePrefix = '2001:db8:80::/56'

interface Keys {
  readonly secret: string
  readonly open: string
}

export class TunnelServer {
  readonly #node: LabNode
  readonly #house: Keys
  readonly #far: Keys
  readonly #prefixes: readonly string[]
  #link: WireguardLink | null = null

  private constructor({ internet, plan }: Lab, house: Keys, far: Keys) {
    this.#node = internet
    this.#prefixes = plan.ipv6 ? [housePrefix] : []
    this.#house = house
    this.#far = far
  }

  static async open(lab: Lab): Promise<TunnelServer> {
    const { host, internet } = lab
    // Each has a folder of its own for the sockets, which all of the lab's machines share otherwise.
    for (const node of [host, internet]) {
      await node.script(`mkdir -p ${sockets} && mount -t tmpfs tmpfs ${sockets}`)
    }
    // The echo knows by its port who came by which WAN; whoever comes by the tunnel counts as one's.
    await internet.nft(`table inet tunnel_echo {
      chain prerouting {
        type filter hook prerouting priority raw
        iifname "${link}" udp dport ${ports.udpEcho} udp dport set 7011
      }
    }`)
    const server = new TunnelServer(lab, await newKeys(internet), await newKeys(internet))
    await server.start()
    return server
  }

  /** Of the services that are reached through it. */
  readonly address = target

  /** From which the Internet comes to the house. */
  readonly inside = insideAddress

  /** The options of a tunnel to it. */
  get options() {
    return {
      name: 'home_ip',
      endpoint: `${target}:${port}`,
      private_key: this.#house.secret,
      peer_key: this.#far.open,
      address: [`${houseAddress}/32`, ...this.#prefixes],
    }
  }

  get #allowed(): string {
    return [`${houseAddress}/32`, ...this.#prefixes].join(',')
  }

  async start(): Promise<void> {
    this.#link = await addWireguardLink(this.#node, link)
    await this.#node.script(`
      echo '${this.#far.secret}' | wg set ${link} listen-port ${port} private-key /dev/stdin \
        peer ${this.#house.open} allowed-ips ${this.#allowed}
      ip address add ${insideAddress}/32 dev ${link}
      ip link set ${link} mtu 1420 up
      ip route add ${houseAddress}/32 dev ${link}
      ${this.#prefixes.map((prefix) => `ip route add ${prefix} dev ${link}`).join('\n')}
    `)
  }

  /** Another key of the house. */
  async admit(publicKey: string): Promise<void> {
    const peer = ['peer', publicKey, 'allowed-ips', this.#allowed]
    await this.#node.run('wg', 'set', link, ...peer)
  }

  /** As when the machine dies: nobody says goodbye. */
  async die(): Promise<void> {
    const dying = this.#link
    this.#link = null
    await dying?.close()
  }

  /** The public address from which the last packet came that proved the key. */
  async seenFrom(): Promise<string | null> {
    const shown = await this.#node.run('wg', 'show', link, 'endpoints')
    return /\t([\d.]+):\d+$/m.exec(shown)?.[1] ?? null
  }

  async close(): Promise<void> {
    await this.die()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

async function newKeys(node: LabNode): Promise<Keys> {
  const shown = await node.script('key=$(wg genkey); echo "$key"; echo "$key" | wg pubkey')
  const [secret = '', open = ''] = shown.split('\n')
  return { secret, open }
}
