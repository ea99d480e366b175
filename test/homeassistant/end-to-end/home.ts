/**
 * A whole home: the lab's house with its two lines, a real Mosquitto, a real Home Assistant, and
 * the real daemon, all in this network namespace.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Broker } from '../../../src/homeassistant/mqtt/broker.ts'
import { ok } from '../../fakes/stand-in-answer.ts'
import { callItSupervisor, StandInSupervisor } from '../../fakes/stand-in-supervisor.ts'
import { ethernet, mqttService, networkInfo, selfInfo } from '../../fakes/supervisor-answers.ts'
import { skipWithout } from '../../lab/host/requirements.ts'
import { DaemonFolder, DaemonProcess } from '../../lab/house/daemon-process.ts'
import { optionsOf } from '../../lab/house/house.ts'
import { Lab } from '../../lab/lab.ts'
import type { LabPlan, Topology } from '../../lab/network/plan.ts'
import { waitFor } from '../../wait-for.ts'
import { BrokerView } from '../broker-view.ts'
import { Mosquitto, mosquittoSkip, user } from '../mosquitto.ts'
import { HomeAssistant } from './home-assistant/home-assistant.ts'
import type { Yaml } from './home-assistant/home-assistant-folder.ts'
import { homeAssistantSkip } from './home-assistant/home-assistant-process.ts'
import { Phone } from './phone.ts'

export const broker: Broker = { host: '127.0.0.1', port: 1883, ...user, tls: null }

/** The add-on's page by Home Assistant, as its panel shows it. */
const { ingress_url: panelUrl } = selfInfo

export interface HomeOptions {
  /** Default: both lines on one subnet. */
  readonly topology?: Topology
  /** Merged over the daemon's options, which name the lab's WANs and the broker. */
  readonly options?: Yaml
  /** Nobody has entered any option yet. */
  readonly isNew?: boolean
  /** Default: Home Assistant has its MQTT integration, and the daemon knows the broker. */
  readonly mqtt?: 'everywhere' | 'not_in_home_assistant' | 'no_broker'
  /** As an add-on is: told of the broker and let into Home Assistant by a Supervisor's API. */
  readonly supervised?: boolean
}

/** For a test's `skip`. */
export function homeSkip(): string | false {
  return skipWithout('ip', 'nft', 'conntrack', 'unshare') || mosquittoSkip() || homeAssistantSkip()
}

type Parts = Pick<Home, 'lab' | 'mosquitto' | 'homeAssistant' | 'phone' | 'supervisor' | 'folder'>

export class Home {
  readonly lab: Lab
  readonly mosquitto: Mosquitto
  readonly homeAssistant: HomeAssistant
  /** Told by the service `notify.mobile_app_phone`. */
  readonly phone: Phone
  readonly supervisor: StandInSupervisor | null
  readonly folder: DaemonFolder
  daemon: DaemonProcess

  private constructor(parts: Parts) {
    this.lab = parts.lab
    this.mosquitto = parts.mosquitto
    this.homeAssistant = parts.homeAssistant
    this.phone = parts.phone
    this.supervisor = parts.supervisor
    this.folder = parts.folder
    this.daemon = this.#startDaemon()
  }

  /** The daemon has started when this resolves; see waitUntilUp(). */
  static async open(wanted: HomeOptions = {}): Promise<Home> {
    const { mqtt = 'everywhere', supervised = false } = wanted
    await using opened = new AsyncDisposableStack()
    const lab = opened.use(await Lab.create({ topology: wanted.topology ?? 'one-subnet' }))
    const mosquitto = new Mosquitto(broker.port)
    opened.defer(() => mosquitto.remove())
    if (mqtt !== 'no_broker') await mosquitto.start()
    const ingress = supervised ? { ingress_panel: { supervisor: '127.0.0.1', url: panelUrl } } : {}
    const homeAssistant = opened.use(await HomeAssistant.open({ mobile_app: {}, ...ingress }))
    const phone = await Phone.register(homeAssistant, 'phone')
    opened.defer(() => phone.close())
    if (mqtt === 'everywhere') await homeAssistant.addMqtt(broker)
    const withBroker = mqtt !== 'no_broker'
    const supervisor = supervised
      ? await superviseFor({ homeAssistant, withBroker, plan: lab.plan })
      : null
    if (supervisor !== null) opened.defer(() => dismiss(supervisor))
    const folder = new DaemonFolder()
    opened.defer(() => folder.remove())
    const { host, port } = broker
    const told = supervised || mqtt === 'no_broker' ? {} : { mqtt: { host, port, ...user } }
    const given = wanted.isNew ? {} : { ...optionsOf(lab.plan), ...told, ...wanted.options }
    folder.write(supervisor === null ? given : handedOver(supervisor, given))
    opened.move()
    return new Home({ lab, mosquitto, homeAssistant, phone, supervisor, folder })
  }

  /** Home Assistant shows both lines as connected. */
  async waitUntilUp(deadlineMs = 30_000): Promise<void> {
    const shown = ['primary', 'secondary'].map(
      (wan) => `binary_sensor.wan_failover_${wan}_connectivity`,
    )
    await this.waitUntil(
      () => shown.every((entityId) => this.homeAssistant.state(entityId) === 'on'),
      'both lines to be shown as connected',
      deadlineMs,
    )
  }

  /** A failure shows what the daemon and Home Assistant have logged. */
  async waitUntil(condition: () => unknown, what: string, deadlineMs: number): Promise<void> {
    try {
      await waitFor(condition, { deadlineMs, what })
    } catch (error) {
      const logs = [...this.daemon.lines, ...this.homeAssistant.folder.messages()]
      throw new Error(`waiting for ${what}; the logs:\n${logs.join('\n')}`, { cause: error })
    }
  }

  /** Another daemon on the same folder, after the first one has ended. */
  startDaemonAgain(): void {
    this.daemon = this.#startDaemon()
  }

  /** What everybody on the broker hears. */
  listenToBroker(): Promise<BrokerView> {
    return BrokerView.open(broker.port, user)
  }

  async close(): Promise<void> {
    await using closing = new AsyncDisposableStack()
    closing.defer(() => this.folder.remove())
    closing.use(this.lab)
    closing.defer(() => this.mosquitto.remove())
    closing.use(this.homeAssistant)
    closing.defer(() => this.phone.close())
    closing.defer(async () => {
      if (this.supervisor !== null) await dismiss(this.supervisor)
    })
    closing.defer(async () => {
      await this.daemon.end('SIGTERM')
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #startDaemon(): DaemonProcess {
    const token = this.supervisor?.token
    const environment = token === undefined ? {} : { SUPERVISOR_TOKEN: token }
    return new DaemonProcess(this.folder, { environment })
  }
}

/** As the Supervisor does when the add-on starts. */
function handedOver({ addon }: StandInSupervisor, options: Yaml): Yaml {
  addon.options = options
  return addon.handedOver
}

interface Supervised {
  readonly homeAssistant: HomeAssistant
  readonly withBroker: boolean
  readonly plan: LabPlan
}

async function superviseFor({
  homeAssistant,
  withBroker,
  plan,
}: Supervised): Promise<StandInSupervisor> {
  const named = /\bsupervisor\b/.test(readFileSync('/etc/hosts', 'utf8'))
  if (!named) callItSupervisor('127.0.0.1')
  // Where Docker has its network `hassio`: the host's address and the Supervisor's.
  const lines = [
    `link add ${hassio} type bridge`,
    `address add 172.30.32.1/23 dev ${hassio}`,
    `address add 172.30.32.2/23 dev ${hassio}`,
    `link set ${hassio} up`,
  ]
  execFileSync('ip', ['-batch', '-'], { input: lines.join('\n'), timeout: 5_000 })
  const core = { url: homeAssistant.url, token: homeAssistant.token }
  const supervisor = await StandInSupervisor.start({ port: 80, core })
  const { host, port, username, password } = broker
  const service = { ...mqttService, host, port, username, password }
  if (withBroker) supervisor.answer('/services/mqtt', ok(service))
  supervisor.answer('/network/info', ok({ ...networkInfo, interfaces: interfacesOf(plan) }))
  return supervisor
}

/** As NetworkManager knows the lab's host: of two routers on one subnet it has learnt the first. */
function interfacesOf({ wans }: LabPlan): readonly object[] {
  const names = [...new Set(wans.map((wan) => wan.interface))]
  return names.map((name, at) => {
    const wan = wans.find((one) => one.interface === name)
    const address = [`${wan?.hostAddress}/24`]
    const ipv4 = { ...ethernet.ipv4, address, gateway: wan?.gateway ?? null }
    return { ...ethernet, interface: name, primary: at === 0, ipv4 }
  })
}

const hassio = 'hassio'

async function dismiss(supervisor: StandInSupervisor): Promise<void> {
  await supervisor.close()
  execFileSync('ip', ['link', 'delete', hassio], { timeout: 5_000 })
}
