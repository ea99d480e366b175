/**
 * The house of the demo: the lab, the real daemon, the broker and a client that asks the Internet
 * something all the time. Unlike the tests' house it looks at the host before the daemon starts,
 * for the comparison at the end, and it shows itself while it is still being built.
 */

import { DaemonFolder, DaemonProcess } from '../house/daemon-process.ts'
import { brokerOf, optionsOf } from '../house/house.ts'
import { MqttHouse } from '../house/mqtt-house.ts'
import { Lab } from '../lab.ts'
import type { EchoSample, EchoStream } from '../measure/echo-stream.ts'
import type { WanNumber } from '../network/plan.ts'
import { hostDump } from './host-dump.ts'

export const wanNames = ['primary', 'secondary'] as const

/** The resolution of what is measured at the client. */
const everyMs = 10

export class DemoHouse {
  readonly lab: Lab
  readonly mqtt: MqttHouse
  readonly dumpBefore: readonly string[]
  readonly #folder = new DaemonFolder()
  readonly #cut = new Set<WanNumber>()
  #daemon: DaemonProcess | null = null
  #stream: EchoStream | null = null

  private constructor(lab: Lab, mqtt: MqttHouse, dumpBefore: readonly string[]) {
    this.lab = lab
    this.mqtt = mqtt
    this.dumpBefore = dumpBefore
  }

  /** No daemon yet, and no client that sends: before it runs, the host would send it past us. */
  static async build(): Promise<DemoHouse> {
    const lab = await Lab.create({ topology: 'one-subnet', ipv6: true })
    const dump = await hostDump(lab.host)
    return new DemoHouse(lab, await MqttHouse.open(), dump)
  }

  startDaemon(): void {
    this.#folder.write({ ...optionsOf(this.lab.plan), ...brokerOf(this.mqtt) })
    this.#daemon = new DaemonProcess(this.#folder)
  }

  /** Gives the exit code. */
  async stopDaemon(): Promise<number> {
    return (await this.#daemon?.stop()) ?? -1
  }

  /** The daemon's log, for when something goes wrong. */
  get daemonLines(): readonly string[] {
    return this.#daemon?.lines ?? []
  }

  get daemonRunning(): boolean {
    return this.#daemon?.running ?? false
  }

  async startStream(): Promise<EchoStream> {
    this.#stream = await this.lab.client(1).startStream({ everyMs, newFlows: true })
    return this.#stream
  }

  samples(): EchoSample[] {
    return this.#stream?.samples() ?? []
  }

  isCut(wan: WanNumber): boolean {
    return this.#cut.has(wan)
  }

  /** Gives the moment before which the line was whole, monotonicMs(). */
  async cut(wan: WanNumber): Promise<number> {
    this.#cut.add(wan)
    return (await this.lab.fault({ wan, kind: 'upstream-silent' })).beforeMs
  }

  /** Gives the moment before which the line was still cut. */
  async mend(wan: WanNumber): Promise<number> {
    const { beforeMs } = await this.lab.repair(wan)
    this.#cut.delete(wan)
    return beforeMs
  }

  async close(): Promise<void> {
    await this.#stream?.stop()
    await this.#daemon?.end('SIGTERM')
    await this.mqtt.close()
    await this.lab.close()
    this.#folder.remove()
  }
}
