/**
 * The daemon is killed in the midst of something while a client sends: whatever it was, traffic
 * goes on as it was decided, the next start adopts it, and a stop leaves the host as it was.
 */
import { dumpHost } from '../../lab/host/dump.ts'
import { brokerOf, House, optionsOf } from '../../lab/house/house.ts'
import type { EchoStream } from '../../lab/measure/echo-stream.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { MachineLag } from '../../machine-lag.ts'
import type { Random } from '../../random.ts'
import { waitFor } from '../../wait-for.ts'

export const moments = ['start', 'flip', 'sidestep', 'reload', 'stop'] as const
export type Moment = (typeof moments)[number]

/** A failover takes this long at most. */
const failoverMs = 1_200
/** A line that a process has never heard is waited for as long as any may take, twice. */
const firstVerdictMs = 2 * 1_000 + 200
/** From the start of a process to its first probe on a machine that does nothing else. */
const startMs = 1_500

export class KillTrial {
  readonly #house: House
  readonly #stream: EchoStream
  readonly #lag = new MachineLag()
  /** The host before our first start, to compare. */
  readonly #before: string
  #delay = 2

  private constructor(house: House, stream: EchoStream, before: string) {
    this.#house = house
    this.#stream = stream
    this.#before = before
  }

  static async open(): Promise<KillTrial> {
    const options = { failback: failback(2) }
    const house = await House.open({
      topology: 'one-subnet',
      ipv6: true,
      options,
      waitUntilUp: false,
    })
    await house.daemon.stop()
    const before = await dumpHost(house.lab.host)
    house.startAgain()
    await house.waitUntilUp()
    // Between a stop and the next start nothing of ours stands, and the host rightly tells its
    // clients of the gateway beside it. They would go past it for minutes: that is not tried here.
    const client = house.lab.client(1)
    await client.script(
      'for file in /proc/sys/net/ipv4/conf/*/accept_redirects; do echo 0 >$file; done',
    )
    return new KillTrial(house, await client.startStream(), before)
  }

  /** Kills it at a random moment of that; null, or what went wrong. */
  async kill(moment: Moment, random: Random): Promise<string | null> {
    const beganMs = monotonicMs()
    await this.#killIn(moment, random)
    const killedMs = monotonicMs()
    this.#house.startAgain()
    const { lab, daemon, mqtt } = this.#house
    await waitFor(() => mqtt.topic('status') === 'online', { what: 'the next start' })
    if (moment === 'flip') {
      await this.#stream.waitForWan(2, { afterMs: killedMs, deadlineMs: 30_000 })
      await lab.repair(1)
    }
    await this.#house.waitUntilUp()
    const last = await this.#stream.waitForWan(1, { afterMs: monotonicMs(), deadlineMs: 30_000 })
    // While the line in use is dead and the daemon too, nobody can move anything.
    const deadMs = killedMs - beganMs + startMs + firstVerdictMs
    const mostMs = moment === 'flip' ? deadMs : failoverMs
    const gapMs = this.#stream.longestGapMs(beganMs, last.answer.atMs)
    const allowedMs = mostMs + this.#lag.allowanceMs(beganMs, last.answer.atMs)
    if (gapMs > allowedMs) return `the client's stream stopped for ${Math.round(gapMs)} ms`
    const failed = daemon.lines.find((line) => /(ERROR|FATAL):/.test(line))
    return failed === undefined ? null : `the next start says: ${failed}`
  }

  /** null, or what was left behind. */
  async end(): Promise<string | null> {
    await this.#stream.stop()
    await this.#house.daemon.stop()
    const after = await dumpHost(this.#house.lab.host)
    await this.#house.close()
    return after === this.#before ? null : `the host isn't as it was:\n${after}`
  }

  async #killIn(moment: Moment, random: Random): Promise<void> {
    const { lab, daemon, folder, mqtt } = this.#house
    switch (moment) {
      case 'start':
        await daemon.end('SIGKILL')
        this.#house.startAgain()
        await pause(random.between(0, 2_500))
        break
      case 'flip':
        await lab.fault({ wan: 1, kind: 'upstream-silent' })
        await pause(random.between(300, 1_200))
        break
      case 'sidestep':
        await lab.fault({ wan: 1, kind: 'hiccup', lastsMs: 500 })
        await pause(random.between(250, 800))
        await lab.repair(1)
        break
      case 'reload':
        this.#delay = this.#delay === 2 ? 3 : 2
        folder.write({
          ...optionsOf(lab.plan),
          ...brokerOf(mqtt),
          failback: failback(this.#delay),
        })
        await pause(random.between(0, 3_000))
        break
      case 'stop': {
        process.kill(daemon.pid, 'SIGTERM')
        await pause(random.between(0, 150))
        break
      }
    }
    await this.#house.daemon.end('SIGKILL')
    await waitFor(() => mqtt.topic('status') === 'offline', { what: 'the last will' })
  }
}

/** Running flows come back too, and the hold-down doesn't grow with flapping. */
function failback(delay: number): object {
  return { mode: 'immediate', delay, max_hold_down: delay }
}

/** Where in it the daemon dies is what is tried. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
