/**
 * A tool that the daemon tends a tunnel with fails in some way, and meanwhile something happens. What
 * runs inside goes on while nothing is wrong but the tool, also over a start of the daemon; with a
 * sound tool the tunnel is as it was within seconds.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Snapshot } from '../../../src/model/published/snapshot.ts'
import { dumpHost } from '../../lab/host/dump.ts'
import { TunnelHouse } from '../../lab/house/tunnel-house.ts'
import type { EchoStream } from '../../lab/measure/echo-stream.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { MachineLag } from '../../machine-lag.ts'
import type { Random } from '../../random.ts'
import { waitFor } from '../../wait-for.ts'
import {
  type Ailment,
  ailments,
  FailingTools,
  type Tool,
  tunnelTools,
} from '../tools/failing-tools.ts'
import { difference, goesOn, wellness } from '../tools/wellness.ts'

const happenings = ['nothing', 'start', 'silence', 'deletion', 'server'] as const

export interface TunnelTrouble {
  readonly tool: Tool
  readonly ailment: Ailment
  readonly happening: (typeof happenings)[number]
  readonly lastsMs: number
}

/** Of what runs inside, while nothing has happened to a line: as a failover takes. */
const gapMs = 1_200
/** The tools' longest time limit, a try after it, and a first handshake. */
const wholeMs = 40_000
const link = 'wf-home_ip'

export function randomTunnelTrouble(random: Random): TunnelTrouble {
  return {
    tool: random.pick([...tunnelTools, 'wg', 'ip', 'nft']),
    ailment: random.pick(ailments),
    happening: random.pick(happenings),
    lastsMs: random.between(300, 8_000),
  }
}

export class TunnelToolTrial {
  readonly #house: TunnelHouse
  readonly #tools: FailingTools
  readonly #stream: EchoStream
  readonly #lag = new MachineLag()
  /** The host and what the daemon says when all is well. */
  #whole = ''
  #well = ''
  /** How long it took until all was well again, each time. */
  readonly tookMs: number[] = []

  private constructor(house: TunnelHouse, tools: FailingTools, stream: EchoStream) {
    this.#house = house
    this.#tools = tools
    this.#stream = stream
  }

  static async open(): Promise<TunnelToolTrial> {
    const tools = new FailingTools()
    const house = await TunnelHouse.open({
      options: { failback: { mode: 'immediate', delay: 2, max_hold_down: 2 }, log_level: 'debug' },
      circumstances: { environment: tools.environment },
    })
    const trial = new TunnelToolTrial(house, tools, await house.lab.client(1).startStream())
    trial.#well = wellness(await house.mqtt.waitForState(isWhole, { what: 'a state' }))
    trial.#whole = await trial.#dump()
    return trial
  }

  /** null, or what went wrong. */
  async try(trouble: TunnelTrouble): Promise<string | null> {
    const { tool, ailment, happening } = trouble
    const from = this.#house.daemon.lines.length
    const wrong = await this.#try(trouble).catch((error: Error) => error.message)
    this.#tools.heal(tool)
    if (wrong === null) return null
    const log = this.#house.daemon.lines.slice(happening === 'start' ? 0 : from).slice(-40)
    await this.#mend(happening)
    if (!this.#house.daemon.running) this.#house.startAgain()
    await this.#house.waitUntilUp()
    return `${ailment} ${tool}, ${happening}: ${wrong}\nthe log ends with:\n${log.join('\n')}`
  }

  async close(): Promise<void> {
    await this.#stream.stop()
    await this.#house.close()
    this.#tools[Symbol.dispose]()
  }

  async #try({ tool, ailment, happening, lastsMs }: TunnelTrouble): Promise<string | null> {
    const beganMs = monotonicMs()
    this.#tools.ail(tool, ailment)
    await this.#happen(happening)
    await pause(lastsMs)
    const untilMs = monotonicMs()
    this.#tools.heal(tool)
    const healedMs = Date.now()
    if (!goesOn(this.#house, happening)) return 'the daemon has ended'
    const wait = { afterMs: untilMs, deadlineMs: wholeMs }
    if (happening === 'silence') await this.#stream.waitForAnswer(wait)
    await this.#mend(happening)
    await this.#untilWhole(healedMs)
    this.tookMs.push(monotonicMs() - untilMs)
    const { atMs } = await this.#stream.waitForAnswer({ ...wait, afterMs: monotonicMs() })
    if (happening !== 'nothing' && happening !== 'start') return null
    const gap = this.#stream.longestGapMs(beganMs, atMs)
    return gap > gapMs + this.#lag.allowanceMs(beganMs, atMs)
      ? `what ran inside stood for ${Math.round(gap)} ms`
      : null
  }

  async #happen(happening: TunnelTrouble['happening']): Promise<void> {
    const { lab, daemon, server } = this.#house
    switch (happening) {
      case 'nothing':
        break
      case 'start':
        await daemon.end('SIGKILL')
        this.#house.startAgain()
        break
      case 'silence':
        await lab.fault({ wan: 1, kind: 'upstream-silent' })
        break
      case 'deletion':
        await lab.host.ip([`link delete dev ${link}`])
        break
      case 'server':
        await server.die()
    }
  }

  async #mend(happening: TunnelTrouble['happening']): Promise<void> {
    if (happening === 'silence') await this.#house.lab.repair(1)
    if (happening === 'server') await this.#house.server.start()
  }

  /** The daemon says so, the host is as it was, and the server hears from the house by its first line. */
  async #untilWhole(sinceMs: number): Promise<void> {
    const { mqtt } = this.#house
    let found = this.#whole
    const isAsBefore = async () => {
      const state = mqtt.state()
      if (state === null || Date.parse(state.at) < sinceMs) return false
      found = await this.#dump()
      return wellness(state) === this.#well && found === this.#whole
    }
    try {
      await waitFor(isAsBefore, { deadlineMs: wholeMs, everyMs: 100, what: 'a whole tunnel' })
    } catch {
      const state = mqtt.state()
      const says = state === null ? 'nothing' : wellness(state)
      throw new Error(
        `after ${wholeMs} ms not as it was: ${says}\n${difference(this.#whole, found)}`,
      )
    }
    await this.#house.waitForLine(1)
  }

  async #dump(): Promise<string> {
    const { host } = this.#house.lab
    const device = await host.script(
      `ip -o address show scope global dev ${link} | cut -d' ' -f2-8; wg show ${link} allowed-ips || echo none`,
    )
    return [...(await dumpHost(host)).split('\n'), ...device.split('\n')].sort().join('\n')
  }
}

function isWhole({ wans }: Snapshot): boolean {
  return wans['home_ip']?.state === 'up'
}
