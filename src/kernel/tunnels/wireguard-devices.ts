/**
 * Tunnels' devices: the kernel's WireGuard, or `wireguard-go` where the kernel has none. Both are
 * spoken to by `wg`. Neither ends with this process: what a killed daemon leaves goes on by its line,
 * and the next start adopts it. It must never decide which line carries a tunnel, and never let a key
 * out of `wg`'s standard input.
 */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import ipaddr from 'ipaddr.js'
import * as v from 'valibot'
import { familyOf } from '../../model/address.ts'
import { messageOf } from '../../model/caught-error.ts'
import { hex } from '../../model/hex.ts'
import type { Log } from '../../model/log.ts'
import { endpointText } from '../../model/tunnel/endpoint.ts'
import type { TunnelWish } from '../../model/tunnel/tunnel-device.ts'
import { runTool, type ToolAnswer, toolTimeoutMs } from '../tools/run-tool.ts'
import { nudgeBySocket } from './nudge-by-socket.ts'
import type { ShownDevice, TunnelDevices } from './port.ts'
import { privateKeyOf, publicKeyOf } from './private-key.ts'
import { setConfig } from './set-config.ts'
import { TwoLines } from './two-lines.ts'
import { dumpOf, isAsSet } from './wireguard-dump.ts'

export interface WireguardOptions {
  readonly log: Log
  /** Where keys of ours are kept; null: nowhere. */
  readonly folder: string | null
}

export function wireguardDevices(options: WireguardOptions): TunnelDevices {
  return new WireguardDevices(options)
}

interface Tended {
  readonly wish: TunnelWish
  readonly publicKey: string
  readonly config: string
  /** A bit of the mark that no rule knows: another mark makes WireGuard forget where it sent from. */
  bit: 0 | 1
}

class WireguardDevices implements TunnelDevices {
  readonly #options: WireguardOptions
  readonly #tended = new Map<string, Tended>()
  readonly #twoLines: TwoLines
  /** One thing after the other. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: WireguardOptions) {
    this.#options = options
    this.#twoLines = new TwoLines(options.log)
  }

  tend(wish: TunnelWish): ReturnType<TunnelDevices['tend']> {
    return this.#inTurn(async () => {
      try {
        return { kind: 'tended', publicKey: await this.#tend(wish) } as const
      } catch (error) {
        this.#tended.delete(wish.name)
        return { kind: 'failed', reason: messageOf(error) } as const
      }
    })
  }

  /** A keepalive that is switched on is sent at once, by the kernel and by `wireguard-go`. */
  nudge(tunnel: string): Promise<void> {
    return this.#inTurn(async () => {
      const tended = this.#tended.get(tunnel)
      if (tended === undefined) return
      const { link, mark, peerKey, keepaliveSeconds } = tended.wish
      tended.bit = tended.bit === 0 ? 1 : 0
      const nudged = { link, mark: mark + tended.bit, peerKey, keepaliveSeconds }
      // Where it is a program's, each packet fails until this has happened.
      if (await nudgeBySocket(nudged)) return
      const set = (...words: readonly string[]) => runTool('wg', ['set', link, ...words])
      const keepalive = ['peer', peerKey, 'persistent-keepalive']
      await set('fwmark', hex(nudged.mark), ...keepalive, '0')
      const sent = await set(...keepalive, String(keepaliveSeconds))
      if (sent.kind !== 'done') this.#options.log.debug(`nudging ${tunnel}: ${sent.error}`)
    })
  }

  look(tunnel: string): ReturnType<TunnelDevices['look']> {
    return this.#inTurn(async () => {
      const tended = this.#tended.get(tunnel)
      const dump = tended === undefined ? null : await dumpOf(tended.wish.link)
      const isWhole = tended === undefined || dump === null || isAsSet(dump, tended)
      return { kind: 'looked', handshakeMs: dump?.handshakeMs ?? null, isWhole } as const
    })
  }

  show(link: string): Promise<ShownDevice | null> {
    return dumpOf(link)
  }

  keepOnly(links: readonly string[]): Promise<readonly string[]> {
    return this.#inTurn(async () => {
      const problems: string[] = []
      const listed = await runTool('ip', ['-j', 'link', 'show'])
      // Whoever lacks `ip` has never made one, and is told of it elsewhere.
      if (listed.kind === 'missing') return []
      const found = listed.kind === 'done' ? tryLinks(listed.output) : null
      if (found === null) {
        const why = listed.kind === 'failed' ? listed.error : 'its answer makes no sense'
        return [`looking for tunnels of earlier options failed: \`ip link show\`: ${why}`]
      }
      // Without a device of ours there never was anything of it.
      if (links.length === 0 && found.some(({ ifalias }) => ifalias === ourAlias)) {
        await this.#twoLines.end().catch((error: unknown) => problems.push(messageOf(error)))
      }
      for (const { ifname, ifalias } of found) {
        if (ifalias !== ourAlias || links.includes(ifname)) continue
        const gone = await runTool('ip', ['link', 'delete', 'dev', ifname])
        if (gone.kind !== 'done') problems.push(`removing ${ifname} failed: ${gone.error}`)
        else this.#options.log.info(`removed the tunnel's interface ${ifname}`)
      }
      for (const [name, { wish }] of this.#tended) {
        if (!links.includes(wish.link)) this.#tended.delete(name)
      }
      return problems
    })
  }

  close(): void {
    this.#twoLines.close()
  }

  async #tend(wish: TunnelWish): Promise<string> {
    const { name, link } = wish
    const key = privateKeyOf(name, wish.privateKey, this.#options.folder)
    const publicKey = publicKeyOf(key)
    if (publicKey === wish.peerKey) {
      throw new Error("peer_key is this machine's own public key; the server's is needed there")
    }
    const before = this.#tended.get(name)
    const isNew = await this.#create(link)
    const config = configOf(wish, key)
    const tended: Tended = { wish, publicKey, config, bit: 0 }
    const standing = isNew || before?.config !== config ? null : await dumpOf(link)
    if (standing === null || !isAsSet(standing, tended)) {
      must(await setConfig(link, config, this.#options.folder))
      const set = await dumpOf(link)
      if (set !== null && !isAsSet(set, tended)) throw new Error(`wg has left ${link} as it was`)
      this.#tended.set(name, tended)
    }
    await setAddresses(link, wish.address)
    const mtu = Math.min(wish.mtu ?? longestMtu, mtuOver(wish.lines, outerBytes))
    must(await runTool('ip', ['link', 'set', 'dev', link, 'mtu', String(mtu), 'up']))
    await this.#twoLines.want(wish, key)
    return publicKey
  }

  /** Returns whether it wasn't there. */
  async #create(link: string): Promise<boolean> {
    if ((await listLinks()).some(({ ifname }) => ifname === link)) return false
    const made = await runTool('ip', ['link', 'add', 'dev', link, 'type', 'wireguard'])
    if (made.kind !== 'done') {
      const started = await startWireguardGo(link)
      if (started !== null) {
        throw new Error(`the kernel has no WireGuard (${made.error}), and ${started}`)
      }
      this.#options.log.info(`${link}: the kernel has no WireGuard, wireguard-go does it`)
    }
    must(await runTool('ip', ['link', 'set', 'dev', link, 'alias', ourAlias]))
    return true
  }

  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => undefined)
    return done
  }
}

/** Goes to the background once the interface is there; null, or why it didn't. */
function startWireguardGo(link: string): Promise<string | null> {
  return new Promise((resolve) => {
    // With a log level it would keep our pipes open for ever.
    const env = { PATH: process.env['PATH'] ?? '/usr/bin:/usr/sbin:/bin:/sbin' }
    const options = { timeout: toolTimeoutMs, killSignal: 'SIGKILL', env } as const
    execFile('wireguard-go', [link], options, (error) => {
      if (error === null) resolve(null)
      else if (error.code === 'ENOENT') resolve('wireguard-go is not installed')
      else resolve('wireguard-go could not make the interface (is /dev/net/tun there?)')
    })
  })
}

function configOf(wish: TunnelWish, privateKey: string): string {
  const { mark, port, peerKey, endpoint, keepaliveSeconds } = wish
  return [
    '[Interface]',
    `PrivateKey = ${privateKey}`,
    `ListenPort = ${port}`,
    `FwMark = ${hex(mark)}`,
    '[Peer]',
    `PublicKey = ${peerKey}`,
    'AllowedIPs = 0.0.0.0/0, ::/0',
    ...(endpoint === null ? [] : [`Endpoint = ${endpointText(endpoint)}`]),
    `PersistentKeepalive = ${keepaliveSeconds}`,
    '',
  ].join('\n')
}

/**
 * This machine's address alone: a whole network on the link would be a route of `main`, and whoever
 * is in it a neighbour that no policy is asked about.
 */
export function hostAddress(cidr: string): string {
  const [text = '', length] = cidr.split('/')
  const address = ipaddr.parse(text)
  if (address instanceof ipaddr.IPv4) return `${text}/32`
  const base = ipaddr.IPv6.networkAddressFromCIDR(cidr)
  if (Number(length) >= 127 || base.toString() !== address.toString()) return `${text}/128`
  // The first of a network means any of its routers (RFC 4291 2.6.1).
  const parts = [...base.parts]
  parts[7] = (parts[7] ?? 0) + 1
  return `${new ipaddr.IPv6(parts)}/128`
}

async function setAddresses(link: string, given: readonly string[]): Promise<void> {
  const wanted = given.map(hostAddress)
  const shown = must(await runTool('ip', ['-j', 'address', 'show', 'dev', link]))
  const entries = v.parse(shownAddresses, JSON.parse(shown)).flatMap(({ addr_info }) => addr_info)
  const standing = entries.flatMap(({ local, prefixlen, scope }) =>
    scope === 'global' ? [`${local}/${prefixlen}`] : [],
  )
  for (const one of wanted.filter((address) => !standing.includes(address))) {
    const words = familyOf(one) === 'ipv6' ? ['nodad'] : []
    const added = await runTool('ip', ['address', 'add', one, 'dev', link, ...words])
    // A host without IPv6 can use the tunnel's IPv4 all the same.
    if (familyOf(one) === 'ipv4') must(added)
  }
  for (const one of standing.filter((address) => !wanted.includes(address))) {
    await runTool('ip', ['address', 'delete', one, 'dev', link])
  }
}

/** WireGuard's packet around an inner one: 40 bytes of IPv6, 8 of UDP, 32 of its own. */
const outerBytes = 80
const usualMtu = 1_500
const longestMtu = 9_000
/** IPv6 has no narrower links (RFC 8200 5). */
const shortestMtu = 1_280

/** What the narrowest of the lines leaves, of `around` bytes for the tunnel's own. */
export function mtuOver(lines: readonly string[], around: number): number {
  const mtus = lines.map((line) => {
    try {
      return Number(readFileSync(`/sys/class/net/${line}/mtu`, 'utf8'))
    } catch {
      // The line is away just now.
      return usualMtu
    }
  })
  return Math.max(shortestMtu, Math.min(usualMtu, ...mtus) - around)
}

async function listLinks() {
  return linksIn(must(await runTool('ip', ['-j', 'link', 'show'])))
}

function tryLinks(shown: string) {
  try {
    return linksIn(shown)
  } catch {
    return null
  }
}

function linksIn(shown: string) {
  return v.parse(shownLinks, JSON.parse(shown))
}

function must(answer: ToolAnswer): string {
  if (answer.kind === 'done') return answer.output
  throw new Error(answer.error)
}

/** By it we know ours again. */
const ourAlias = 'wan_failover'

const shownLinks = v.array(v.looseObject({ ifname: v.string(), ifalias: v.optional(v.string()) }))

const shownAddresses = v.array(
  v.looseObject({
    addr_info: v.array(
      v.looseObject({
        local: v.string(),
        prefixlen: v.number(),
        scope: v.string(),
      }),
    ),
  }),
)
