/** A house in the lab: the daemon with the lab's WANs in its options, and its MQTT side. */

import { Lab, type LabOptions } from '../lab.ts'
import type { LabPlan } from '../network/plan.ts'
import { type Circumstances, DaemonFolder, DaemonProcess } from './daemon-process.ts'
import { MqttHouse } from './mqtt-house.ts'

export interface HouseOptions extends LabOptions {
  /** Merged over the options that name the lab's WANs. */
  readonly options?: Readonly<Record<string, unknown>>
  /** Merged over the entry of each WAN. */
  readonly wans?: readonly [object, object]
  /** How the daemon is started, each time. */
  readonly circumstances?: Circumstances
  /** Default true: resolves when both WANs are up. */
  readonly waitUntilUp?: boolean
  /** Default true; false where the test has to do something first, and calls start(). */
  readonly withDaemon?: boolean
}

export class House {
  readonly lab: Lab
  readonly mqtt: MqttHouse
  readonly folder: DaemonFolder
  readonly #circumstances: Circumstances
  #daemon: DaemonProcess | null = null

  private constructor(lab: Lab, mqtt: MqttHouse, folder: DaemonFolder, given: Circumstances) {
    this.lab = lab
    this.mqtt = mqtt
    this.folder = folder
    this.#circumstances = given
  }

  static async open(wanted: HouseOptions): Promise<House> {
    const lab = await Lab.create(wanted)
    const mqtt = await MqttHouse.open()
    const folder = new DaemonFolder()
    folder.write({ ...optionsOf(lab.plan, wanted.wans), ...brokerOf(mqtt), ...wanted.options })
    const house = new House(lab, mqtt, folder, wanted.circumstances ?? {})
    if (wanted.withDaemon === false) return house
    house.start()
    if (wanted.waitUntilUp === false) return house
    try {
      await house.waitUntilUp()
    } catch (error) {
      await house.close()
      throw error
    }
    return house
  }

  /** The one that was started last. */
  get daemon(): DaemonProcess {
    if (this.#daemon === null) throw new Error('no daemon was started in this house yet')
    return this.#daemon
  }

  set daemon(another: DaemonProcess) {
    this.#daemon = another
  }

  /** Both WANs are up, and traffic is where it belongs. */
  waitUntilUp(): Promise<void> {
    return this.mqtt.waitUntilUp({ deadlineMs: 60_000, log: () => this.daemon.lines })
  }

  start(): void {
    this.#daemon = new DaemonProcess(this.folder, this.#circumstances)
  }

  /**
   * Another daemon on the same folder, after the first one has ended. What that one said last
   * counts no more: whoever waits for the new one would meet a host that nobody has set up yet.
   */
  startAgain(): void {
    this.mqtt.forgetState()
    this.start()
  }

  async close(): Promise<void> {
    try {
      await this.#daemon?.end('SIGTERM')
    } finally {
      await this.mqtt.close()
      await this.lab.close()
      this.folder.remove()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** Names, gateways and interfaces as the lab has them; a short delay, for nobody wants to wait. */
export function optionsOf(plan: LabPlan, wans: readonly object[] = []) {
  const names = ['primary', 'secondary']
  return {
    wans: plan.wans.map((wan, i) => ({
      name: names[i],
      gateway: wan.gateway,
      interface: wan.interface,
      ...(wan.gateway6 === null ? {} : { gateway6: wan.gateway6 }),
      ...wans[i],
    })),
    probe: { targets: plan.targets.slice(0, 3) },
    failback: { delay: 2 },
  }
}

export function brokerOf(mqtt: MqttHouse) {
  return { mqtt: { host: '127.0.0.1', port: mqtt.port } }
}
