/**
 * Sends each probe through the rules and routes of the fake kernel, as a packet would go: by its
 * mark or its source port, and then by whatever line is behind the next hop.
 */
import { probeMark, probePorts } from '../../../src/model/marks.ts'
import type { ProbeOutcome, ProbeRequest } from '../../../src/model/probe.ts'
import type { WebAnswer } from '../../../src/model/web-check.ts'
import type { Prober } from '../../../src/probe/port.ts'
import type { VirtualClock } from '../../fakes/virtual-clock.ts'
import type { Random } from '../../random.ts'
import type { Witness } from '../checks/witness.ts'
import type { Line } from './line.ts'
import type { SimulatedProcess } from './simulated-process.ts'
import type { World } from './world.ts'

interface Parts {
  readonly process: SimulatedProcess
  readonly world: World
  readonly clock: VirtualClock
  readonly random: Random
  readonly witness: Witness
}

export class SimulatedProber implements Prober {
  readonly #parts: Parts
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  send(request: ProbeRequest): void {
    if (this.#closed) return
    if (request.method === 'neighbour') this.#askNeighbour(request)
    else this.#sendRouted(request).catch(this.#parts.witness.broken)
  }

  async askPublicAddress(wan: number): Promise<string | null> {
    const { process, world } = this.#parts
    await process.pass(80)
    return world.line(wan).deadSinceMs === null ? `203.0.113.${1 + wan}` : null
  }

  /** No house of the simulation has a resolver. */
  async askResolver(): Promise<null> {
    return null
  }

  async askServer(): Promise<null> {
    return null
  }

  async lookUp(): Promise<readonly string[]> {
    return []
  }

  async isThere(): Promise<boolean> {
    return false
  }

  async checkWeb(wan: number): Promise<readonly WebAnswer[]> {
    const { process, world, witness, random } = this.#parts
    const [family, target] = ['ipv4', webServer] as const
    const pin = { sourcePort: probePorts(wan).first, ipProtocol: 'tcp' } as const
    const way = await world.kernel.routeGet({ family, target, ...pin })
    const line = world.lineBehind(way)
    witness.probed({ id: 0, wan, method: 'http', family, target, link: '', small: false }, line)
    const answers = [0, 1].map((server): WebAnswer => {
      if (line === null) return { kind: 'unclear', reason: 'it leaves by no line' }
      return line.webAnswer(world.targets.webDown.has(server), random)
    })
    await process.pass(answers.some(({ kind }) => kind === 'no_tcp') ? webTimeoutMs : 60)
    return answers
  }

  async poke(): Promise<number> {
    return 0
  }

  close(): void {
    this.#closed = true
  }

  #askNeighbour(request: ProbeRequest): void {
    const { world } = this.#parts
    if (!world.link(request.link).present) {
      this.#report(request, { kind: 'unsent', reason: 'no such link' }, 0)
      return
    }
    const line = world.lines.find(
      ({ place, gateway }) => place.link === request.link && gateway === request.target,
    )
    if (line !== undefined) this.#answer(request, line)
  }

  async #sendRouted(request: ProbeRequest): Promise<void> {
    const { world, witness } = this.#parts
    const { wan, method, family, target } = request
    const pin = method === 'icmp' ? { mark: probeMark(wan) } : { sourcePort: probePorts(wan).first }
    const answer = await world.kernel.routeGet({ family, target, ...pin })
    const line = world.lineBehind(answer)
    witness.probed(request, line)
    if (answer.nextHop === null) {
      this.#report(request, { kind: 'unsent', reason: 'the network is unreachable' }, 0)
    } else if (line !== null && !world.targets.silent.has(target)) {
      this.#answer(request, line)
    }
  }

  #answer(request: ProbeRequest, line: Line): void {
    const rttMs = line.answerAfterMs(request, this.#parts.random)
    if (rttMs !== null) this.#report(request, { kind: 'answered', rttMs }, rttMs)
  }

  #report({ id, wan }: ProbeRequest, outcome: ProbeOutcome, afterMs: number): void {
    const { process, clock } = this.#parts
    clock.wake(clock.nowMs() + afterMs, () =>
      process.deliver(() => {
        if (!this.#closed) process.queue.push({ kind: 'probe', result: { id, wan, outcome } })
      }),
    )
  }
}

/** Both servers: what matters is the way. */
const webServer = '203.0.113.80'
/** As `probe/web-checker.ts` waits. */
const webTimeoutMs = 4_000
