/**
 * The kernel adapter: watches, reads and applies by iproute2, nftables and conntrack-tools. Two
 * `ip` stay alive for it, one a family, and two monitors once the daemon watches. It must never
 * decide anything, never patch what it read, and never touch what a change doesn't name.
 */

import type { KernelSign } from '../model/event.ts'
import type { TcpFlow } from '../model/flow.ts'
import type {
  Capabilities,
  ForwardingState,
  HostState,
  RouteAnswer,
  RouteQuestion,
} from '../model/host.ts'
import type { Log } from '../model/log.ts'
import type { Change } from '../network/diff/change.ts'
import { applyChanges } from './applying/batch.ts'
import { DockerUser } from './applying/docker-user.ts'
import { NftTable } from './applying/nft.ts'
import { forgetUnmasqueraded } from './flows/connections.ts'
import { forgetOwnFlows } from './flows/own-flows.ts'
import { forgetQueries } from './flows/queries.ts'
import { forgetFlows, listTcpFlows } from './flows/tcp-flows.ts'
import { forgetUnanswered } from './flows/unanswered.ts'
import type {
  ChangeFailure,
  FlowQuestion,
  ForgetOwnQuestion,
  ForgetQuestion,
  Kernel,
  RouterEar,
  UnansweredQuestion,
} from './port.ts'
import { tryCapabilities } from './reading/capabilities.ts'
import { clientLinks } from './reading/client-links.ts'
import { readForwarding } from './reading/forwarding.ts'
import { readLinkBytes } from './reading/kernel-settings.ts'
import { LinkNames } from './reading/link-names.ts'
import type { Sessions } from './reading/read-host.ts'
import { readRouting } from './reading/read-host.ts'
import { askNeighbour, askRoute } from './reading/route-get.ts'
import { IpSession, ipMissing } from './tools/ip-session.ts'
import type { Tools } from './tools/run-tool.ts'
import { runTool, systemTools } from './tools/run-tool.ts'
import type { Monitor } from './watching/monitor.ts'
import { startMonitor } from './watching/monitor.ts'

export interface KernelOptions {
  readonly log: Log
  readonly tools?: Partial<Tools>
  /** Left out: no router is heard. */
  readonly routers?: RouterEar
}

/** Rejects where there is no `ip`: nothing can be done without it. */
export async function createKernel(options: KernelOptions): Promise<Kernel> {
  const tools = { ...systemTools, ...options.tools }
  const version = await runTool(tools.ip, ['-V'])
  if (version.kind === 'missing') throw new Error(ipMissing)
  if (version.kind === 'failed') throw new Error(`starting ip: ${version.error}`)
  return new LinuxKernel(tools, options)
}

class LinuxKernel implements Kernel {
  readonly #tools: Tools
  readonly #log: Log
  readonly #sessions: Sessions
  readonly #nft: NftTable
  readonly #docker: DockerUser
  readonly #routers: RouterEar | null
  #monitor: Monitor | null = null
  readonly #listeners: ((sign: KernelSign) => void)[] = []

  constructor(tools: Tools, { log, routers }: KernelOptions) {
    this.#tools = tools
    this.#routers = routers ?? null
    this.#log = log
    this.#sessions = {
      ipv4: new IpSession('ipv4', { command: tools.ip, log }),
      ipv6: new IpSession('ipv6', { command: tools.ip, log }),
      names: new LinkNames(),
    }
    this.#nft = new NftTable({ command: tools.nft, log })
    this.#docker = new DockerUser({ tools, log })
  }

  async read(): Promise<HostState> {
    // Without a monitor nothing says when they change. A failover must not wait for their tools.
    if (this.#monitor === null) {
      this.#docker.forget()
      this.#nft.forget()
    }
    const [routing, listing, filter] = await Promise.all([
      readRouting(this.#sessions, this.#log),
      this.#nft.list(),
      this.#docker.read(),
    ])
    const docker = filter === null ? null : { ...filter, clientLinks: clientLinks(routing.links) }
    const routers = this.#routers === null ? {} : { routers: this.#routers.heard() }
    return { ...routing, ...routers, ...listing, docker }
  }

  apply(changes: readonly Change[]): Promise<readonly ChangeFailure[]> {
    return applyChanges(changes, {
      sessions: this.#sessions,
      nft: this.#nft,
      docker: this.#docker,
    })
  }

  routeGet(question: RouteQuestion): Promise<RouteAnswer> {
    return askRoute(question, this.#sessions)
  }

  watch(listener: (sign: KernelSign) => void): void {
    this.#listeners.push(listener)
    this.#routers?.onNews(() => listener({ kind: 'routing' }))
    this.#monitor ??= startMonitor({
      tools: this.#tools,
      log: this.#log,
      listener: (sign) => {
        if (sign.kind === 'firewall') this.#docker.forget()
        if (sign.kind === 'nft') this.#nft.forget()
        for (const listener of this.#listeners) listener(sign)
      },
    })
  }

  async capabilities(): Promise<Capabilities> {
    return tryCapabilities({
      tools: this.#tools,
      sessions: this.#sessions,
      host: await readRouting(this.#sessions, this.#log),
    })
  }

  async forwarding(): Promise<ForwardingState> {
    const docker = await this.#docker.read()
    return readForwarding(this.#tools.nft, docker?.drops ?? [])
  }

  async linkBytes(link: string): Promise<{ received: number; sent: number } | null> {
    return readLinkBytes(link)
  }

  counters(): Promise<ReadonlyMap<string, number> | null> {
    return this.#nft.counters()
  }

  neighbourState(address: string, link: string): Promise<string | null> {
    return askNeighbour(address, { link, sessions: this.#sessions })
  }

  askRouters(link: string): void {
    this.#routers?.ask(link)
  }

  async forgetUnmasqueraded(sources: readonly string[]): Promise<number> {
    return forgetUnmasqueraded(sources, {
      command: this.#tools.conntrack,
      log: this.#log,
      host: await readRouting(this.#sessions, this.#log),
    })
  }

  async tcpFlows(question: FlowQuestion): Promise<readonly TcpFlow[]> {
    const host = await readRouting(this.#sessions, this.#log)
    return listTcpFlows(question, { tools: this.#tools, log: this.#log, host })
  }

  forgetFlows(question: ForgetQuestion): Promise<void> {
    return forgetFlows(question, { tools: this.#tools, log: this.#log })
  }

  async forgetUnanswered(question: UnansweredQuestion): Promise<void> {
    const host = await readRouting(this.#sessions, this.#log)
    return forgetUnanswered(question, { tools: this.#tools, log: this.#log, host })
  }

  forgetOwnFlows(question: ForgetOwnQuestion): Promise<void> {
    return forgetOwnFlows(question, { tools: this.#tools, log: this.#log })
  }

  forgetQueries(resolvers: readonly string[] | null): Promise<void> {
    return forgetQueries(resolvers, { tools: this.#tools, log: this.#log })
  }

  async close(): Promise<void> {
    this.#monitor?.close()
    this.#monitor = null
    this.#routers?.close()
    this.#listeners.length = 0
    this.#sessions.ipv4.close()
    this.#sessions.ipv6.close()
  }
}
