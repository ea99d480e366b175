/**
 * The lab: an Internet, two gateways, a switch and two LAN clients around the host, which is the
 * network namespace that this process is in. Tests, demo and bench all use this one.
 *
 * It never touches the machine's own network (importing it starts the process again in one of its
 * own), gives nothing a global name, and prints nothing, so several can run side by side, one in
 * each process.
 */
import './enter-namespace.ts'
import type { Fault } from './faults/fault.ts'
import type { Nodes } from './faults/faults.ts'
import { Faults } from './faults/faults.ts'
import { HostSysctls } from './host/host-sysctls.ts'
import type { InternetServerOptions } from './internet/internet-server.ts'
import { monotonicMs } from './measure/monotonic.ts'
import { LabNode } from './network/node.ts'
import {
  type ClientNumber,
  dnsAnswer,
  type LabPlan,
  planLab,
  ports,
  type Topology,
  type WanNumber,
  type WanPlan,
} from './network/plan.ts'
import {
  cables,
  hostCable,
  hostInterfaces,
  hostLines,
  hostLinkLines,
  hostPort,
  hostRouteLines,
  hostSysctls,
  machineNames,
  machineScripts,
  type Pids,
  segmentOf,
  upstreamLines,
} from './network/topology.ts'

export interface LabOptions {
  readonly topology: Topology
  /** Default false: IPv4 only, beside the link-local addresses that every kernel makes. */
  readonly ipv6?: boolean
  /** The host's ip_forward, both families; default true. */
  readonly hostForwarding?: boolean
  /** Round-trip time of both WANs' ways to the Internet; default 0: as quick as the kernel. */
  readonly pathMs?: number
}

/**
 * When the lab changed something, in monotonicMs(): somewhere between the two. Measure from
 * `beforeMs` for a number that never flatters.
 */
export interface Moment {
  readonly beforeMs: number
  readonly afterMs: number
}

interface Parts {
  readonly host: LabNode
  readonly nodes: Nodes
  readonly sysctls: HostSysctls
  readonly loopbackWasUp: boolean
}

export class Lab {
  readonly host: LabNode
  readonly #nodes: Nodes
  readonly #sysctls: HostSysctls
  readonly #faults: Faults
  readonly #loopbackWasUp: boolean
  #plan: LabPlan
  #plugged = 0

  private constructor(plan: LabPlan, pathMs: number, parts: Parts) {
    this.#plan = plan
    this.host = parts.host
    this.#nodes = parts.nodes
    this.#sysctls = parts.sysctls
    this.#loopbackWasUp = parts.loopbackWasUp
    this.#faults = new Faults({
      host: parts.host,
      nodes: parts.nodes,
      pathMs,
      plan: () => this.#plan,
      plugIn: (name) => this.#plugIn(name),
    })
  }

  /** Everything is up and its servers answer when this resolves. */
  static async create(options: LabOptions): Promise<Lab> {
    const plan = planLab(options.topology, options.ipv6 ?? false)
    const host = LabNode.host()
    const started = await Promise.all(machineNames.map((name) => LabNode.start(name)))
    const nodes = Object.fromEntries(started.map((node) => [node.name, node])) as Nodes
    const sysctls = HostSysctls.set(hostSysctls(options.hostForwarding ?? true))
    const loopbackWasUp = (await host.run('ip', 'link', 'show', 'lo')).includes('LOWER_UP')
    const lab = new Lab(plan, options.pathMs ?? 0, { host, nodes, sysctls, loopbackWasUp })
    try {
      await lab.#build()
    } catch (error) {
      await lab.close()
      throw new Error(`building the lab ${options.topology}`, { cause: error })
    }
    return lab
  }

  /** Names and addresses as they are now: changeAddress() and the like change them. */
  get plan(): LabPlan {
    return this.#plan
  }

  get internet(): LabNode {
    return this.#nodes.internet
  }

  /** Its bridges join the others' cables: `lan`, and one for each line of its own. */
  get switch(): LabNode {
    return this.#nodes.switch
  }

  gateway(wan: WanNumber): LabNode {
    return this.#nodes[`gateway${wan}`]
  }

  client(number: ClientNumber): LabNode {
    return this.#nodes[`client${number}`]
  }

  /** All machines, the host first. */
  nodes(): readonly LabNode[] {
    return [this.host, ...Object.values(this.#nodes)]
  }

  wan(wan: WanNumber): WanPlan {
    return this.#plan.wans[wan - 1] as WanPlan
  }

  /** One more fault on this WAN; the same kind again replaces the one that was there. */
  fault(fault: Fault): Promise<Moment> {
    return during(() => this.#faults.begin(fault))
  }

  /** Undoes all faults of this WAN; with none it is no error. */
  repair(wan: WanNumber): Promise<Moment> {
    return during(() => this.#faults.end(wan))
  }

  /** Down and up again, `times` times, beginning with down and ending up. */
  async flap(
    wan: WanNumber,
    options: {
      downMs: number
      upMs: number
      times: number
      kind?: 'upstream-silent' | 'carrier-cut'
    },
  ): Promise<void> {
    for (let round = 0; round < options.times; round += 1) {
      await this.fault({ wan, kind: options.kind ?? 'upstream-silent' })
      await pause(options.downMs)
      await this.repair(wan)
      await pause(options.upMs)
    }
  }

  /** The host's interface deleted and made anew, addresses and `main`'s default routes put back. */
  replug(wan: WanNumber): Promise<Moment> {
    return during(async () => {
      await this.host.ip([`link delete ${this.wan(wan).interface}`])
      await this.#plugIn(this.wan(wan).interface)
    })
  }

  /**
   * The host gets another address on this WAN, as by DHCP, and `main` its default route again;
   * with `gateway` the gateway has moved too. The old address goes first.
   */
  changeAddress(wan: WanNumber, change: { address: string; gateway?: string }): Promise<Moment> {
    return during(async () => {
      const old = this.wan(wan)
      const { address, gateway = old.gateway } = change
      const changed = { ...old, hostAddress: address, gateway }
      if (gateway !== old.gateway) {
        await this.gateway(wan).ip([
          `address delete ${old.gateway}/${old.prefixLength} dev lan`,
          `address add ${gateway}/${old.prefixLength} dev lan`,
        ])
      }
      this.#change(changed)
      await this.host.ip([
        `address delete ${old.hostAddress}/${old.prefixLength} dev ${old.interface}`,
        `address add ${address}/${old.prefixLength} dev ${old.interface}`,
        ...hostRouteLines(this.#plan, old.interface),
      ])
    })
  }

  /** The provider gives the gateway another address: 100.64.N.2 to 100.64.N.6. */
  changePublicAddress(wan: WanNumber, address: string): Promise<Moment> {
    return during(async () => {
      const old = this.wan(wan)
      this.#change({ ...old, publicAddress: address })
      await this.gateway(wan).ip([
        `address delete ${old.publicAddress}/29 dev wan`,
        `address add ${address}/29 dev wan`,
        ...upstreamLines(this.#plan, wan),
      ])
    })
  }

  /** The gateway hands this port of its public address, TCP and UDP, to `to`; default the host. */
  async forwardPort(wan: WanNumber, port: number, to = this.wan(wan).hostAddress): Promise<void> {
    const condition = `iifname "wan" meta l4proto { tcp, udp } th dport ${port}`
    await this.gateway(wan).nft(
      `add rule inet gateway forwarded_ports ${condition} dnat ip to ${to}`,
    )
  }

  /** From now on the gateways pass no TCP of which they have not seen the beginning. */
  async makeStrict(): Promise<void> {
    const script = 'echo 0 > /proc/sys/net/netfilter/nf_conntrack_tcp_loose'
    await Promise.all([this.gateway(1).script(script), this.gateway(2).script(script)])
  }

  /**
   * Leaves the host's namespace as it was found, as far as it was the lab's: its links with their
   * addresses and routes, loopback down, sysctls. Doing it twice is no error.
   */
  async close(): Promise<void> {
    await this.host.close()
    const there = await this.host.run('ip', '-o', 'link', 'show')
    const ours = hostInterfaces(this.#plan).filter((name) => there.includes(` ${name}@`))
    await this.host.ip([
      ...ours.map((name) => `link delete ${name}`),
      ...(this.#loopbackWasUp ? [] : ['link set lo down']),
    ])
    await Promise.all(Object.values(this.#nodes).map((node) => node.close()))
    this.#sysctls.restore()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #build(): Promise<void> {
    const pids = Object.fromEntries(
      machineNames.map((name) => [name, this.#nodes[name].pid]),
    ) as Pids
    await this.host.ip(cables(this.#plan, pids))
    const scripts = machineScripts(this.#plan)
    await Promise.all([
      this.host.ip(hostLines(this.#plan)),
      this.internet.script(scripts.internet).then(() => this.#serve()),
      ...machineNames
        .filter((name) => name !== 'internet')
        .map((name) => this.#nodes[name].script(scripts[name])),
    ])
    await this.#faults.layPaths()
  }

  async #serve(): Promise<void> {
    const options: InternetServerOptions = {
      targets: this.#plan.targets,
      targets6: this.#plan.targets6,
      ports,
      udpEchoOfWan: [7011, 7012],
      answers: dnsAnswer,
    }
    await this.internet.startProgram(
      new URL('./internet/internet-server.ts', import.meta.url),
      options,
    )
  }

  async #plugIn(name: string): Promise<void> {
    this.#plugged += 1
    await this.host.ip([hostCable(name, this.#nodes.switch.pid, this.#plugged)])
    const segment = segmentOf(this.#plan, name)
    await this.#nodes.switch.ip([`link set ${hostPort(name)} master ${segment} up`])
    await this.host.ip([...hostLinkLines(this.#plan, name), ...hostRouteLines(this.#plan, name)])
  }

  #change(changed: WanPlan): void {
    const [first, second] = this.#plan.wans
    const wans = changed.number === 1 ? ([changed, second] as const) : ([first, changed] as const)
    this.#plan = { ...this.#plan, wans }
  }
}

async function during(change: () => Promise<void>): Promise<Moment> {
  const beforeMs = monotonicMs()
  await change()
  return { beforeMs, afterMs: monotonicMs() }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
