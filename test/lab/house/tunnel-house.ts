/** A house whose devices use a tunnel over both of its lines; the far end is on the lab's Internet. */
import { waitFor } from '../../wait-for.ts'
import { TunnelServer } from '../host/tunnel-server.ts'
import { Lab, type LabOptions } from '../lab.ts'
import type { WanNumber } from '../network/plan.ts'
import { type Circumstances, DaemonFolder, DaemonProcess } from './daemon-process.ts'
import { brokerOf, optionsOf } from './house.ts'
import { MqttHouse } from './mqtt-house.ts'

export interface TunnelHouseOptions extends Partial<LabOptions> {
  /** Default: both. */
  readonly over?: readonly string[]
  /** The server, as the options name it; default: by its address. */
  readonly endpoint?: string
  /** The daemon makes the key itself; the server learns it from the log. */
  readonly ownKey?: boolean
  /** Merged over the options. */
  readonly options?: Readonly<Record<string, unknown>>
  /** How the daemon is started, each time. */
  readonly circumstances?: Circumstances
}

export class TunnelHouse {
  readonly lab: Lab
  readonly mqtt: MqttHouse
  readonly server: TunnelServer
  readonly folder: DaemonFolder
  daemon: DaemonProcess
  /** Of the tunnel, as they were written first. */
  #tunnel: Readonly<Record<string, unknown>> = {}
  #options: Readonly<Record<string, unknown>> = {}
  readonly #circumstances: Circumstances

  private constructor(
    lab: Lab,
    mqtt: MqttHouse,
    parts: { server: TunnelServer; folder: DaemonFolder; circumstances: Circumstances },
  ) {
    this.lab = lab
    this.mqtt = mqtt
    this.server = parts.server
    this.folder = parts.folder
    this.#circumstances = parts.circumstances
    this.daemon = new DaemonProcess(parts.folder, parts.circumstances)
  }

  /** Resolves when lines and tunnel are up, and the tunnel is on the first line. */
  static async open(wanted: TunnelHouseOptions = {}): Promise<TunnelHouse> {
    const { over, endpoint, ownKey = false, options = {}, circumstances = {}, ...others } = wanted
    const lab = await Lab.create({ topology: 'two-interfaces', pathMs: 20, ...others })
    const mqtt = await MqttHouse.open()
    const server = await TunnelServer.open(lab)
    const folder = new DaemonFolder()
    const { private_key: given, ...rest } = server.options
    const key = ownKey ? {} : { private_key: given }
    const tunnel = {
      ...rest,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...key,
      ...(over === undefined ? {} : { over }),
    }
    const written = {
      ...{ ...optionsOf(lab.plan), ...brokerOf(mqtt) },
      default_policy: { use: ['home_ip'] },
      ...options,
    }
    folder.write({ tunnels: [tunnel], ...written })
    const house = new TunnelHouse(lab, mqtt, { server, folder, circumstances })
    house.#tunnel = tunnel
    house.#options = written
    try {
      if (ownKey) {
        const line = await house.daemon.waitForLine(/its public key is/, { deadlineMs: 40_000 })
        await server.admit(line.split('its public key is ')[1] ?? '')
      }
      await house.waitUntilUp()
      await house.waitForLine(1)
    } catch (error) {
      await house.close()
      throw error
    }
    return house
  }

  waitUntilUp(): Promise<void> {
    return this.mqtt.waitUntilUp({ deadlineMs: 60_000, log: () => this.daemon.lines })
  }

  /** The server hears from the house by this line. */
  async waitForLine(wan: WanNumber): Promise<void> {
    const fits = async () => (await this.server.seenFrom()) === this.lab.wan(wan).publicAddress
    try {
      await waitFor(fits, { deadlineMs: 60_000, what: `the tunnel by WAN ${wan}` })
    } catch (error) {
      throw new Error(`the log is:\n${this.daemon.lines.join('\n')}`, { cause: error })
    }
  }

  /** Another daemon on the same folder, after the first one has ended: what that one said is forgotten. */
  startAgain(): void {
    this.mqtt.forgetState()
    this.daemon = new DaemonProcess(this.folder, this.#circumstances)
  }

  /** The daemon ends, and begins again with other options of the tunnel. */
  async startWith(changed: Readonly<Record<string, unknown>>): Promise<void> {
    await this.daemon.stop()
    this.folder.write({ tunnels: [{ ...this.#tunnel, ...changed }], ...this.#options })
    this.startAgain()
  }

  async close(): Promise<void> {
    try {
      await this.daemon.end('SIGTERM')
    } finally {
      await this.server.close()
      await this.mqtt.close()
      await this.lab.close()
      this.folder.remove()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
