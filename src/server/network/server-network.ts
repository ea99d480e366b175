/**
 * Makes the machine as it is wanted, and as it was before: link, addresses, routes, neighbours,
 * kernel settings, nft. Doing it again changes nothing that is right; houses' sessions go on. It
 * must never touch what isn't ours: our link, routes by it, proxies with our protocol, our tables.
 */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { runTool, type ToolAnswer } from '../../kernel/tools/run-tool.ts'
import { familyOf } from '../../model/address.ts'
import { messageOf } from '../../model/caught-error.ts'
import { ourProtocol } from '../../model/marks.ts'
import type { ServerSettings } from '../houses/server-settings.ts'
import type { KernelBook } from './kernel-book.ts'
import { removeTables, serverLink } from './server-table.ts'
import type { WantedNetwork } from './wanted-network.ts'
import { wireguardChanges } from './wireguard-changes.ts'

export interface ServerNetworkParts {
  /** Of this service alone, and not on a disk: the key stands there for a moment. */
  readonly runFolder: string
  readonly book: KernelBook
}

const routeList = v.pipe(v.string(), v.parseJson(), v.array(v.looseObject({ dst: v.string() })))
const proxyList = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(
    v.looseObject({ dst: v.string(), dev: v.string(), protocol: v.optional(v.string(), '') }),
  ),
)
const defaultRoutes = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(v.looseObject({ dev: v.optional(v.string()), metric: v.optional(v.number(), 0) })),
)

export class ServerNetwork {
  readonly #parts: ServerNetworkParts

  constructor(parts: ServerNetworkParts) {
    this.#parts = parts
  }

  /** The link of the default route, IPv4's first; null: there is none now. */
  async uplink(): Promise<string | null> {
    for (const family of ['-4', '-6']) {
      const answer = await runTool('ip', [family, '-j', 'route', 'show', 'default'])
      const read = answer.kind === 'done' ? v.safeParse(defaultRoutes, answer.output || '[]') : null
      const routes = read?.success === true ? read.output : []
      const [best] = routes
        .filter(({ dev }) => dev !== undefined)
        .sort((a, b) => a.metric - b.metric)
      if (best?.dev !== undefined) return best.dev
    }
    return null
  }

  /** null, or why it failed. */
  async apply(wanted: WantedNetwork, settings: ServerSettings): Promise<string | null> {
    return (
      (await this.#makeLink()) ??
      (await this.#configure(settings)) ??
      (await this.#ip(wanted)) ??
      (await this.#parts.book.set(wanted.kernelSettings)) ??
      (await this.#dropOld(wanted)) ??
      (await this.nft(wanted.tables))
    )
  }

  /** One transaction; null, or why it failed. */
  async nft(script: string): Promise<string | null> {
    return errorOf('nft', await runTool('nft', [script], { timeoutMs: commitTimeoutMs }))
  }

  /** Everything, whatever stands; what can't be taken away is told. */
  async takeAway(): Promise<readonly string[]> {
    const steps = [
      await this.nft(removeTables()),
      await this.#dropProxies([]),
      (await this.#hasLink()) ? await this.#deleteLink() : null,
      await this.#parts.book.putBack(),
    ]
    return steps.filter((error) => error !== null)
  }

  /** The kernel's, else Debian's program, which goes on by itself and ends with its link. */
  async #makeLink(): Promise<string | null> {
    if (await this.#hasLink()) return null
    const kernel = await runTool('ip', ['link', 'add', serverLink, 'type', 'wireguard'])
    if (kernel.kind === 'done') return null
    const program = await runTool('wireguard-go', [serverLink], { timeoutMs: programTimeoutMs })
    if (program.kind === 'done') return null
    const reason = `this kernel has no WireGuard (${kernel.error})`
    return `${reason}, nor does wireguard-go do: ${program.error}`
  }

  async #hasLink(): Promise<boolean> {
    return (await runTool('ip', ['link', 'show', serverLink])).kind === 'done'
  }

  async #deleteLink(): Promise<string | null> {
    return errorOf('ip', await runTool('ip', ['link', 'delete', serverLink]))
  }

  async #configure(settings: ServerSettings): Promise<string | null> {
    const dump = await runTool('wg', ['show', serverLink, 'dump'])
    if (dump.kind !== 'done') return errorOf('wg', dump)
    const { port, words } = wireguardChanges(settings, dump.output)
    const error = port === null ? null : await this.#setOwn(port, settings.private_key)
    if (error !== null || words.length === 0) return error
    return errorOf('wg', await runTool('wg', ['set', serverLink, ...words]))
  }

  /** By a file, for wg opens what it reads by its name, which Node's pipes have none of. */
  async #setOwn(port: number, privateKey: string): Promise<string | null> {
    const file = join(this.#parts.runFolder, 'private-key')
    try {
      await writeFile(file, privateKey, { mode: 0o600 })
      const words = ['listen-port', String(port), 'private-key', file]
      return errorOf('wg', await runTool('wg', ['set', serverLink, ...words]))
    } catch (error) {
      return `writing ${file}: ${messageOf(error)}`
    } finally {
      await rm(file, { force: true })
    }
  }

  async #ip({ uplink, mtu, inside, routes, proxies }: WantedNetwork): Promise<string | null> {
    const lines = [
      `address replace ${inside}/32 dev ${serverLink}`,
      `link set ${serverLink} mtu ${mtu} up`,
      ...routes.map((route) => `route replace ${route} dev ${serverLink} proto ${ourProtocol}`),
      ...proxies.map(
        (address) => `neighbour replace proxy ${address} dev ${uplink} protocol ${ourProtocol}`,
      ),
    ]
    const input = `${lines.join('\n')}\n`
    return errorOf('ip', await runTool('ip', ['-batch', '-'], { input }))
  }

  /** Of houses that are gone. */
  async #dropOld({ routes, proxies }: WantedNetwork): Promise<string | null> {
    for (const family of ['ipv4', 'ipv6'] as const) {
      const word = family === 'ipv4' ? '-4' : '-6'
      const words = ['route', 'show', 'dev', serverLink, 'proto', String(ourProtocol)]
      const answer = await runTool('ip', [word, '-j', ...words])
      if (answer.kind !== 'done') return errorOf('ip', answer)
      const read = v.safeParse(routeList, answer.output || '[]')
      const full = family === 'ipv4' ? 32 : 128
      for (const { dst } of read.success ? read.output : []) {
        const route = dst.includes('/') ? dst : `${dst}/${full}`
        if (routes.includes(route)) continue
        await runTool('ip', [word, 'route', 'delete', route, 'dev', serverLink])
      }
    }
    return await this.#dropProxies(proxies)
  }

  async #dropProxies(wanted: readonly string[]): Promise<string | null> {
    const answer = await runTool('ip', ['-j', 'neighbour', 'show', 'proxy'])
    if (answer.kind !== 'done') return errorOf('ip', answer)
    const read = v.safeParse(proxyList, answer.output || '[]')
    for (const { dst, dev, protocol } of read.success ? read.output : []) {
      if (protocol !== String(ourProtocol) || wanted.includes(dst)) continue
      const word = familyOf(dst) === 'ipv4' ? '-4' : '-6'
      await runTool('ip', [word, 'neighbour', 'delete', 'proxy', dst, 'dev', dev])
    }
    return null
  }
}

/** A commit waits for the kernel's grace period and for other tools' transactions. */
const commitTimeoutMs = 10_000
const programTimeoutMs = 10_000

function errorOf(tool: string, answer: ToolAnswer): string | null {
  return answer.kind === 'done' ? null : `${tool}: ${answer.error}`
}
