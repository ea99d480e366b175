/**
 * A WireGuard tunnel from the lab's host to its Internet, by Debian's user-space program: it makes
 * real packets on a kernel that has no WireGuard. Nothing of it is in the way of other traffic: no
 * rule, no default route, as with a house's VPN to another house.
 */
import type { ChildProcess } from 'node:child_process'
import { waitFor } from '../../wait-for.ts'
import type { Lab } from '../lab.ts'
import type { LabNode } from '../network/node.ts'
import { target } from '../network/plan.ts'

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
  readonly #children: readonly ChildProcess[]

  private constructor(lab: Lab, children: readonly ChildProcess[]) {
    this.#lab = lab
    this.#children = children
  }

  /** Resolves when its ends have shaken hands. */
  static async open(lab: Lab, { keepalive, mark }: WireguardOptions): Promise<WireguardTunnel> {
    const { host, internet } = lab
    const children = await Promise.all([run(host), run(internet)])
    const tunnel = new WireguardTunnel(lab, children)
    const there = async (node: LabNode) =>
      (await node.run('ip', '-o', 'link')).includes(` ${link}:`)
    await waitFor(async () => (await there(host)) && (await there(internet)), {
      deadlineMs: 10_000,
      what: 'WireGuard’s links',
    })
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
    const ended = this.#children.map((child) => new Promise((done) => child.once('exit', done)))
    for (const child of this.#children) child.kill('SIGTERM')
    await Promise.all(ended)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** Its control socket lies below /run, which all of the lab's machines share but for this folder. */
async function run(node: LabNode): Promise<ChildProcess> {
  await node.script(`mkdir -p ${sockets} && mount -t tmpfs tmpfs ${sockets}`)
  const environment = { ...process.env, LOG_LEVEL: 'error', WG_PROCESS_FOREGROUND: '1' }
  return node.spawn('wireguard-go', ['-f', link], { stdio: 'ignore', env: environment })
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
