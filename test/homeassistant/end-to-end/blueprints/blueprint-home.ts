/**
 * What the blueprints' automations need around them: a real Home Assistant with the blueprints, a
 * real broker, a phone, a plug, and the MQTT side of the daemon with a script for the core behind
 * it, so that a line dies at a word.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import type { Command } from '../../../../src/model/decision.ts'
import type { ChangeEvent, EventType, Snapshot } from '../../../../src/model/published/snapshot.ts'
import {
  exampleEvent,
  exampleSnapshot,
  exampleWanSnapshot,
} from '../../../examples/example-snapshot.ts'
import { waitFor } from '../../../wait-for.ts'
import { BrokerView } from '../../broker-view.ts'
import { DaemonSide } from '../../daemon-side.ts'
import { Mosquitto, user } from '../../mosquitto.ts'
import { broker } from '../home.ts'
import { HomeAssistant } from '../home-assistant/home-assistant.ts'
import type { Yaml } from '../home-assistant/home-assistant-folder.ts'
import { Phone } from '../phone.ts'
import { Plug, plugEntity } from '../plug.ts'

const blueprints = new URL('../../../../blueprints/automation/wan_failover/', import.meta.url)

export const blueprintNames: readonly string[] = readdirSync(blueprints)

export const bothUp: Snapshot = exampleSnapshot()

/** The primary line is down, and traffic is where `active` says. */
export function primaryDown(active: string): Snapshot {
  const primary = exampleWanSnapshot({ state: 'down', reason: 'no target answers' })
  return exampleSnapshot({ active, wans: { ...bothUp.wans, primary } })
}

export class BlueprintHome {
  readonly homeAssistant: HomeAssistant
  readonly phone: Phone
  readonly plug: Plug
  /** What all see on the broker, `display/set` too: the notify entity `notify.display`. */
  readonly view: BrokerView
  /** What the scripted core does with a command. */
  obey: (command: Command) => void = () => undefined
  readonly #mosquitto: Mosquitto
  #daemon: DaemonSide
  #events = 0

  private constructor(
    mosquitto: Mosquitto,
    homeAssistant: HomeAssistant,
    {
      phone,
      plug,
      view,
    }: { readonly phone: Phone; readonly plug: Plug; readonly view: BrokerView },
  ) {
    this.#mosquitto = mosquitto
    this.homeAssistant = homeAssistant
    this.phone = phone
    this.plug = plug
    this.view = view
    this.#daemon = this.#startDaemon()
  }

  static async open(): Promise<BlueprintHome> {
    await using opened = new AsyncDisposableStack()
    addLan()
    const homeAssistant = opened.use(await HomeAssistant.open({ mobile_app: {} }))
    const mosquitto = new Mosquitto(broker.port)
    opened.defer(() => mosquitto.remove())
    await mosquitto.start()
    for (const name of blueprintNames) {
      homeAssistant.folder.addAutomationBlueprint(`wan_failover/${name}`, new URL(name, blueprints))
    }
    await homeAssistant.addMqtt(broker)
    const phone = await Phone.register(homeAssistant, "Anna's phone")
    opened.defer(() => phone.close())
    const plug = await Plug.plugIn(broker)
    opened.defer(() => plug.unplug())
    const view = await BrokerView.open(broker.port, user)
    opened.defer(() => view.close())
    await view.say('homeassistant/notify/display/config', JSON.stringify(display), true)
    const home = new BlueprintHome(mosquitto, homeAssistant, { phone, plug, view })
    await homeAssistant.waitForState(plugEntity, 'on')
    await homeAssistant.waitForEntity('notify.display', () => true)
    await home.show(bothUp)
    opened.move()
    return home
  }

  /** Publishes, and resolves when Home Assistant shows it. */
  async show(snapshot: Snapshot): Promise<void> {
    this.publish(snapshot)
    await this.homeAssistant.waitForState('sensor.wan_failover_active_wan', snapshot.active ?? '')
    const { state } = snapshot.wans['primary'] ?? exampleWanSnapshot()
    await this.homeAssistant.waitForState(
      'binary_sensor.wan_failover_primary_connectivity',
      state === 'down' ? 'off' : 'on',
    )
    await this.homeAssistant.waitForState(
      'switch.wan_failover_test_failover',
      snapshot.test_failover.on ? 'on' : 'off',
    )
  }

  publish(snapshot: Snapshot): void {
    this.#daemon.homeAssistant.publish(snapshot)
  }

  announce(event_type: EventType, more: Partial<ChangeEvent> = {}): void {
    this.#events += 1
    const at = new Date(Date.UTC(2026, 10, 21, 10, 0, this.#events)).toISOString()
    this.#daemon.homeAssistant.announce({ ...exampleEvent, event_type, at, ...more })
  }

  /** As an update of the add-on does: everything is unavailable for a moment. */
  async restartDaemon(): Promise<void> {
    const entity = 'event.wan_failover_wan_change'
    await this.#daemon.homeAssistant.close()
    await this.homeAssistant.waitForState(entity, 'unavailable')
    this.#daemon = this.#startDaemon()
    this.publish(bothUp)
    await this.homeAssistant.waitForEntity(entity, ({ state }) => state !== 'unavailable')
  }

  /** Replaces all automations by one of this blueprint and `more`, and waits until it is on. */
  async automate(name: string, input: Yaml, more: readonly Yaml[] = []): Promise<void> {
    const path = `wan_failover/${name}.yaml`
    await this.homeAssistant.writeAutomations([
      { id: name, alias: name, use_blueprint: { path, input } },
      ...more,
    ])
    await this.homeAssistant.waitForState(`automation.${name}`, 'on')
  }

  async close(): Promise<void> {
    await this.#daemon.homeAssistant.close()
    await this.plug.unplug()
    await this.view.close()
    this.phone.close()
    await this.homeAssistant.close()
    await this.#mosquitto.remove()
  }

  #startDaemon(): DaemonSide {
    return new DaemonSide(broker, { onCommand: (command) => this.obey(command) })
  }
}

const display = {
  name: 'Display',
  unique_id: 'display',
  default_entity_id: 'notify.display',
  command_topic: 'display/set',
}

/** Home Assistant pushes to no phone before it has a network with multicast. */
function addLan(): void {
  const ip = (command: string) => execFileSync('ip', command.split(' '))
  ip('link add lan type veth peer name switch')
  ip('address add 192.168.0.3/24 dev lan')
  ip('link set lan up')
  ip('link set switch up')
}

/** An automation that fires `witness` when the primary line has been on or off for so long. */
export function witness(state: 'on' | 'off', seconds: number): Yaml {
  const entity_id = 'binary_sensor.wan_failover_primary_connectivity'
  return {
    id: 'witness',
    alias: 'witness',
    triggers: [{ trigger: 'state', entity_id, to: state, for: { seconds } }],
    actions: [{ event: 'witness' }],
  }
}

/** Everything that was commanded, from now on. */
export function commandsTo(home: BlueprintHome) {
  const commands: Command[] = []
  home.obey = (command) => commands.push(command)
  return {
    commands,
    first: () => waitFor(() => commands[0], { deadlineMs: 10_000, what: 'a command' }),
  }
}
