/**
 * A tool of the daemon's fails in some way while it runs, and meanwhile something happens that it
 * would need the tool for. The host answers its neighbours all the time, others' rules stay, nobody
 * is cut off by a bad tool alone, and with a sound tool everything stands as decided within seconds.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Snapshot } from '../../../src/model/published/snapshot.ts'
import { BridgeNetwork } from '../../lab/host/bridge-network.ts'
import { startDockerFirewall } from '../../lab/host/docker-firewall.ts'
import { dumpHost } from '../../lab/host/dump.ts'
import { House } from '../../lab/house/house.ts'
import type { EchoStream } from '../../lab/measure/echo-stream.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { MachineLag } from '../../machine-lag.ts'
import type { Random } from '../../random.ts'
import { waitFor } from '../../wait-for.ts'
import { runningChildren, signal } from '../children.ts'
import { type Ailment, ailments, FailingTools, type Tool, usualTools } from './failing-tools.ts'
import { difference, goesOn, wellness } from './wellness.ts'

const happenings = ['nothing', 'nothing', 'deletion', 'silence', 'start'] as const
type Happening = (typeof happenings)[number]

export interface Trouble {
  readonly tool: Tool
  readonly ailment: Ailment
  readonly happening: Happening
  /** What becomes of those that run already. */
  readonly running: 'stay' | 'die' | 'stop'
  readonly lastsMs: number
}

/** As a failover takes, with a host that is read anew meanwhile. */
const gapMs = 1_200
/** The longest of the tools' time limits, and a try after it. */
const wholeMs = 15_000

export function randomTrouble(random: Random): Trouble {
  return {
    tool: random.pick(usualTools.slice(0, random.chance(0.7) ? 2 : usualTools.length)),
    ailment: random.pick(ailments),
    happening: random.pick(happenings),
    running: random.pick(['stay', 'die', 'stop']),
    lastsMs: random.between(300, 6_000),
  }
}

export class ToolTrial {
  readonly #house: House
  readonly #tools: FailingTools
  readonly #bridge: BridgeNetwork
  readonly #stream: EchoStream
  readonly #lag = new MachineLag()
  /** The host as it is when all is well, by the WAN in use. */
  readonly #whole = new Map<1 | 2, string>()
  readonly #stopped: number[] = []
  /** What the daemon says when all is well. */
  #well = ''
  /** How long it took until all was well again, each time. */
  readonly tookMs: number[] = []

  private constructor(
    house: House,
    parts: { tools: FailingTools; bridge: BridgeNetwork; stream: EchoStream },
  ) {
    this.#house = house
    this.#tools = parts.tools
    this.#bridge = parts.bridge
    this.#stream = parts.stream
  }

  static async open(): Promise<ToolTrial> {
    const tools = new FailingTools()
    const house = await House.open({
      topology: 'one-subnet',
      ipv6: true,
      options: { failback: { mode: 'immediate', delay: 2, max_hold_down: 2 }, log_level: 'debug' },
      circumstances: { environment: tools.environment },
      waitUntilUp: false,
    })
    const { lab } = house
    const bridge = await BridgeNetwork.add('br-lab', '172.18.0.0/16')
    await startDockerFirewall(lab.host, {
      bridge: 'br-lab',
      subnet: '172.18.0.0/16',
      published: { address: '172.18.0.2', port: 80 },
    })
    await lab.host.nft('table inet others { chain theirs { meta mark 5 accept; }; }')
    await lab.host.ip([
      'rule add priority 7000 from 192.168.0.222 table 222',
      'rule add priority 10950 from 192.168.0.223 table 222',
      'route add default dev br-lab table 222 protocol 99',
    ])
    await house.waitUntilUp()
    const stream = await lab.client(1).startStream()
    const trial = new ToolTrial(house, { tools, bridge, stream })
    await trial.#learn()
    return trial
  }

  /** null, or what went wrong. */
  async try(trouble: Trouble): Promise<string | null> {
    const { tool, ailment, happening } = trouble
    const told = `${ailment} ${tool}, those that run ${trouble.running}, ${happening}`
    const wrong = await this.#try(trouble).catch((error: Error) => error.message)
    this.#heal(tool)
    if (wrong === null) return null
    const log = this.#house.daemon.lines.slice(-12).join('\n')
    if (!this.#house.daemon.running) this.#house.startAgain()
    await this.#house.lab.repair(1)
    await this.#house.waitUntilUp()
    return `${told}: ${wrong}\nthe log ends with:\n${log}`
  }

  async close(): Promise<void> {
    await this.#stream.stop()
    await this.#house.close()
    await this.#bridge.remove()
    this.#tools[Symbol.dispose]()
  }

  /** The host with each WAN in use, to compare. */
  async #learn(): Promise<void> {
    const { lab, mqtt } = this.#house
    const state = await mqtt.waitForState(({ active }) => active === 'primary', {
      ...{ deadlineMs: 10_000, what: 'a state' },
    })
    this.#well = wellness(state)
    this.#whole.set(1, await this.#dump())
    const { beforeMs } = await lab.fault({ wan: 1, kind: 'upstream-silent' })
    await this.#stream.waitForWan(2, { afterMs: beforeMs, deadlineMs: 30_000 })
    await waitFor(async () => (await this.#dump()) !== this.#whole.get(1), {
      what: 'other rules',
    })
    this.#whole.set(2, await this.#settled())
    await lab.repair(1)
    await this.#untilWhole(1, 30_000)
  }

  async #settled(): Promise<string> {
    let last = ''
    return await waitFor(
      async () => {
        const now = await this.#dump()
        const isSame = now === last
        last = now
        return isSame ? now : ''
      },
      { everyMs: 1_000, deadlineMs: 30_000, what: 'a host that stays as it is' },
    )
  }

  async #try(trouble: Trouble): Promise<string | null> {
    const { lab } = this.#house
    const { tool, ailment, happening, lastsMs } = trouble
    const beganMs = monotonicMs()
    this.#tools.ail(tool, ailment)
    this.#disturb(trouble)
    await this.#happen(happening)
    const reached = this.#reachesHost()
    await pause(lastsMs)
    this.#heal(tool)
    const [healedMs, healedAtMs] = [monotonicMs(), Date.now()]
    if (!(await reached)) return 'the host did not answer its neighbour'
    if (!goesOn(this.#house, happening)) return 'the daemon has ended'
    await this.#untilWhole(happening === 'silence' ? 2 : 1, wholeMs)
    this.tookMs.push(monotonicMs() - healedMs)
    if (happening === 'silence') {
      await lab.repair(1)
      await this.#untilWhole(1, 30_000)
    }
    await this.#untilTold(healedAtMs)
    // What hangs still is this trouble's: in the next one a deaf monitor would be a second fault.
    const hanging = () => runningChildren(this.#house.daemon.pid, 'sleep').length
    await waitFor(() => hanging() === 0, { deadlineMs: 30_000, what: 'an end of what hangs' })
    if (happening === 'deletion' || happening === 'silence') return null
    const last = await this.#stream.waitForWan(1, { afterMs: monotonicMs(), deadlineMs: 5_000 })
    const gap = this.#stream.longestGapMs(beganMs, last.answer.atMs)
    const allowedMs = gapMs + this.#lag.allowanceMs(beganMs, last.answer.atMs)
    return gap > allowedMs ? `the client's stream stopped for ${Math.round(gap)} ms` : null
  }

  #disturb({ tool, running }: Trouble): void {
    if (running === 'stay') return
    for (const pid of runningChildren(this.#house.daemon.pid, tool)) {
      signal(pid, running === 'die' ? 'SIGKILL' : 'SIGSTOP')
      if (running === 'stop') this.#stopped.push(pid)
    }
  }

  #heal(tool: Tool): void {
    this.#tools.heal(tool)
    for (const pid of this.#stopped.splice(0)) signal(pid, 'SIGCONT')
  }

  async #happen(happening: Happening): Promise<void> {
    const { lab, daemon, mqtt } = this.#house
    switch (happening) {
      case 'nothing':
        break
      case 'deletion':
        await lab.host.script(
          'ip rule flush protocol 201; ip route flush table 101; nft delete table inet wan_failover || :',
        )
        break
      case 'silence':
        await lab.fault({ wan: 1, kind: 'upstream-silent' })
        break
      case 'start':
        await daemon.end('SIGKILL')
        await waitFor(() => mqtt.topic('status') === 'offline', { what: 'the last will' })
        this.#house.startAgain()
    }
  }

  /** By its own address, the LAN's and IPv6's; one answer of three is enough on a busy machine. */
  async #reachesHost(): Promise<boolean> {
    const { lab } = this.#house
    const ask = (address: string) =>
      lab.client(1).run('ping', '-c', '3', '-i', '0.2', '-W', '2', address)
    try {
      await Promise.all(this.#addresses.map(ask))
      return true
    } catch {
      return false
    }
  }

  get #addresses(): readonly string[] {
    const { plan } = this.#house.lab
    return plan.wans.flatMap(({ hostAddress, hostAddress6 }) => [
      hostAddress,
      hostAddress6 ?? hostAddress,
    ])
  }

  async #untilWhole(wan: 1 | 2, deadlineMs: number): Promise<void> {
    const whole = this.#whole.get(wan) ?? ''
    let now = ''
    try {
      const isWhole = async () => {
        now = await this.#dump()
        return now === whole
      }
      await waitFor(isWhole, { deadlineMs, everyMs: 100, what: 'a whole plan' })
    } catch {
      throw new Error(`after ${deadlineMs} ms not as decided:\n${difference(whole, now)}`)
    }
  }

  /** The daemon itself says that all is well, and that this machine can do what it could. */
  async #untilTold(sinceMs: number): Promise<void> {
    const well = this.#well
    const isWell = (state: Snapshot) => Date.parse(state.at) >= sinceMs && wellness(state) === well
    const what = `the daemon to say that all is well: ${well}`
    try {
      await this.#house.mqtt.waitForState(isWell, { deadlineMs: 30_000, what })
    } catch {
      const state = this.#house.mqtt.state()
      const found = state === null ? 'nothing' : `${state.at}: ${wellness(state)}`
      throw new Error(`the daemon doesn't say that all is well, ${well}, but ${found}`)
    }
  }

  /** Sorted: a table or a route that is made anew may stand elsewhere in the list. */
  async #dump(): Promise<string> {
    const lines = (await dumpHost(this.#house.lab.host)).split('\n')
    return lines
      .filter((line) => !endsByItself.test(line))
      .sort()
      .join('\n')
  }
}

/** Cuts flows of a line that was just left, and is gone ten seconds later. */
const endsByItself = /nexthop \S+ (ct direction original|tcp sport [0-9-]+) tcp flags .* tcp reset$/
