/**
 * Two boxes behind one address while now one, now the other has a fault. A client's packets and
 * somebody who asks by ARP all the time say whether there was always one box that served, and one
 * alone.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { type Box, type BoxName, PairHouse, sharedAddress } from '../../lab/house/pair-house.ts'
import { AddressWatch } from '../../lab/measure/address-watch.ts'
import type { EchoStream } from '../../lab/measure/echo-stream.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { MachineLag } from '../../machine-lag.ts'
import type { Random } from '../../random.ts'
import { runningChildren, signal } from '../children.ts'

export const troubles = [
  ...(['killed', 'hung', 'unplugged', 'cut off', 'without lines', 'off'] as const),
  ...(['without keepalived', 'without half a keepalived', 'with one that hangs'] as const),
]
export type Trouble = (typeof troubles)[number]

/** How long nobody may answer for the address, and how long a client's packets may fail. */
const bounds: Readonly<Record<Trouble, { readonly addressMs: number; readonly clientMs: number }>> =
  {
    killed: { addressMs: 1_500, clientMs: 1_500 },
    hung: { addressMs: 300, clientMs: 300 },
    unplugged: { addressMs: 1_500, clientMs: 1_500 },
    'cut off': { addressMs: 1_500, clientMs: 1_500 },
    'without lines': { addressMs: 300, clientMs: 2_000 },
    off: { addressMs: 1_500, clientMs: 1_500 },
    'without keepalived': { addressMs: 1_500, clientMs: 1_500 },
    'without half a keepalived': { addressMs: 1_500, clientMs: 1_500 },
    'with one that hangs': { addressMs: 1_500, clientMs: 1_500 },
  }

/** What befalls the box that doesn't serve, no client may notice. */
const unnoticed = { addressMs: 300, clientMs: 300 }
const longestDisputeMs = 1_000

export class PairTrial {
  readonly #house: PairHouse
  readonly #stream: EchoStream
  readonly #watch: AddressWatch
  readonly #lag = new MachineLag()

  private constructor(house: PairHouse, stream: EchoStream, watch: AddressWatch) {
    this.#house = house
    this.#stream = stream
    this.#watch = watch
  }

  static async open(): Promise<PairTrial> {
    const house = await PairHouse.open()
    const stream = await house.lab.client(1).startStream({ everyMs })
    const watch = await AddressWatch.start(house.lab.client(2), sharedAddress)
    return new PairTrial(house, stream, watch)
  }

  /** Brings one trouble on one box and ends it; what was not as promised then. */
  async suffer(trouble: Trouble, name: BoxName, random: Random): Promise<readonly string[]> {
    const box = this.#house[name]
    const beganMs = monotonicMs()
    const mend = await this.#bring(trouble, box, random)
    await pause(random.between(1_000, 8_000))
    await mend()
    await this.#house.waitUntilServing('first', 60_000)
    await pause(Math.max(settlingMs, beganMs + stepMs - monotonicMs()))
    const endedMs = monotonicMs()
    await this.#stream.waitForAnswer({ afterMs: endedMs, deadlineMs: 10_000 })
    const bound = name === 'first' ? bounds[trouble] : unnoticed
    const wrong = this.#judge(bound, beganMs, endedMs)
    this.#watch.forget(endedMs)
    return wrong
  }

  async end(): Promise<void> {
    await Promise.all([this.#stream.stop(), this.#watch.stop()])
    await this.#house.close()
  }

  #judge(
    { addressMs, clientMs }: typeof unnoticed,
    fromMs: number,
    toMs: number,
  ): readonly string[] {
    const lagMs = this.#lag.allowanceMs(fromMs, toMs)
    const measured = [
      ['nobody answered for the address', this.#watch.longestSilenceMs(fromMs, toMs), addressMs],
      ['two answered for it', this.#watch.longestDisputeMs(fromMs, toMs), longestDisputeMs],
      ['a client got no answer', this.#stream.longestWaitMs(fromMs, toMs), clientMs],
    ] as const
    return measured.flatMap(([what, ms, mostMs]) =>
      // Over a whole step the lag adds up to much more than one silence can owe to it.
      ms <= mostMs + Math.min(lagMs, mostMs)
        ? []
        : `${what} for ${Math.round(ms)} ms (at most ${mostMs})`,
    )
  }

  /** Resolves with what ends it. */
  async #bring(trouble: Trouble, box: Box, random: Random): Promise<() => Promise<void>> {
    const house = this.#house
    switch (trouble) {
      case 'killed':
        await box.daemon.end('SIGKILL')
        return async () => box.startAgain()
      case 'hung':
        process.kill(box.daemon.pid, 'SIGSTOP')
        return async () => {
          process.kill(box.daemon.pid, 'SIGCONT')
        }
      case 'unplugged':
        await house.setPort(box, 'down')
        return async () => await house.setPort(box, 'up')
      case 'cut off':
        await house.cutOff(box)
        return async () => await house.rejoin()
      case 'without lines':
        await house.takeInternetFrom(box)
        return async () => await house.giveInternetBack()
      case 'off':
        await house.cutPower(box)
        return async () => await house.plugIn(box)
      case 'without keepalived':
        for (const pid of keepalivedOf(box)) signal(pid, 'SIGKILL')
        return async () => undefined
      case 'without half a keepalived':
        signal(random.pick(keepalivedOf(box)), 'SIGKILL')
        return async () => undefined
      case 'with one that hangs':
        for (const pid of keepalivedOf(box)) signal(pid, 'SIGSTOP')
        return async () => undefined
    }
  }
}

const everyMs = 20
/** From one trouble to the next. */
const stepMs = 20_000
const settlingMs = 2_000

/** Both of its processes. */
function keepalivedOf({ daemon }: Box): readonly number[] {
  return runningChildren(daemon.pid, 'keepalived')
}
