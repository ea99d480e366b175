/**
 * A WireGuard tunnel from the lab's host to its Internet, by the kernel, or by a program that
 * makes real packets on a kernel without it. Nothing of it is in the way of other traffic: no
 * rule, no default route, as with a house's VPN to another house.
 */
import { waitFor } from '../../wait-for.ts'
import type { Lab } from '../lab.ts'
import type { LabNode } from '../network/node.ts'
import { target } from '../network/plan.ts'
import { addWireguardLink, type WireguardLink } from './wireguard-link.ts'

const link = 'wg0'
const port = 51_820
const sockets = '/run/wireguard'
const network = '10.66.0.0/24'
const addresses = { house: '10.66.0.2', far: '10.66.0.1' } as const

export interface WireguardOptions {
  /** Seconds between two packets that keep it alive. */
  readonly keepalive: number
  /** Its packets' mark, as wg-quick gives one; default none. */
  readonly mark?: number
}

export class WireguardTunnel {
  /** The address of its far end, inside. */
  readonly far = addresses.far
  readonly #lab: Lab
  readonly #links: readonly WireguardLink[]

  private constructor(lab: Lab, links: readonly WireguardLink[]) {
    this.#lab = lab
    this.#links = links
  }

  /** Resolves when its ends have shaken hands. */
  static async open(lab: Lab, { keepalive, mark }: WireguardOptions): Promise<WireguardTunnel> {
    const { host, internet } = lab
    const links = await Promise.all([run(host), run(internet)])
    const tunnel = new WireguardTunnel(lab, links)
    const keys = { house: await makeKeys(host), far: await makeKeys(host) }
    await configure(internet, {
      address: addresses.far,
      key: keys.far.secret,
      words: `listen-port ${port} peer ${keys.house.public} allowed-ips ${addresses.house}/32`,
    })
    const peer = `peer ${keys.far.public} allowed-ips ${network} endpoint ${target}:${port}`
    await configure(host, {
      address: addresses.house,
      key: keys.house.secret,
      words: `${mark === undefined ? '' : `fwmark ${mark} `}${peer} persistent-keepalive ${keepalive}`,
    })
    await waitFor(async () => (await tunnel.seenFrom()) !== null, {
      deadlineMs: 20_000,
      what: 'a handshake of WireGuard',
    })
    return tunnel
  }

  /** The address that the far end sends to: the one from which the last good packet came. */
  async seenFrom(): Promise<string | null> {
    const shown = await this.#lab.internet.run('wg', 'show', link, 'endpoints')
    return /\t([\d.]+):\d+$/m.exec(shown)?.[1] ?? null
  }

  async close(): Promise<void> {
    await Promise.all(this.#links.map((end) => end.close()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** Its control socket lies below /run, which all of the lab's machines share but for this folder. */
async function run(node: LabNode): Promise<WireguardLink> {
  await node.script(`mkdir -p ${sockets} && mount -t tmpfs tmpfs ${sockets}`)
  return addWireguardLink(node, link)
}

async function makeKeys(
  node: LabNode,
): Promise<{ readonly secret: string; readonly public: string }> {
  const [secret = '', open = ''] = (
    await node.script('key=$(wg genkey); echo "$key"; echo "$key" | wg pubkey')
  ).split('\n')
  return { secret, public: open }
}

interface End {
  readonly address: string
  readonly key: string
  readonly words: string
}

function configure(node: LabNode, { address, key, words }: End): Promise<string> {
  return node.script(`
    echo '${key}' | wg set ${link} private-key /dev/stdin ${words}
    ip address add ${address}/24 dev ${link}
    ip link set ${link} mtu 1420 up
  `)
}
