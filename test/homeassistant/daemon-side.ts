/** One daemon's MQTT side, with what it logged and was commanded. */
import type { Broker } from '../../src/homeassistant/mqtt/broker.ts'
import {
  MqttHomeAssistant,
  type MqttHomeAssistantOptions,
} from '../../src/homeassistant/mqtt/mqtt-client.ts'
import type { Command } from '../../src/model/decision.ts'
import { twoWans } from '../examples/example-snapshot.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'

/** A broker of this machine that asks for no password. */
export function plainBroker(port: number): Broker {
  return { host: '127.0.0.1', port, username: null, password: null, tls: null }
}

const fast = {
  retry: { firstMs: 50, lastMs: 200, stableMs: 1_000 },
  surveyMs: 200,
  birthDelayMs: { least: 10, most: 50 },
}

export class DaemonSide {
  readonly log = new RecordedLog()
  readonly commands: Command[] = []
  readonly homeAssistant: MqttHomeAssistant
  /** How often it had to try again: the only thing that it draws lots for here. */
  retries = 0

  constructor(broker: Broker, changes: Partial<MqttHomeAssistantOptions> = {}) {
    this.homeAssistant = new MqttHomeAssistant({
      broker,
      baseTopic: 'wan_failover',
      names: twoWans,
      version: '0.1.0',
      hostName: 'test',
      log: this.log,
      onCommand: (command) => this.commands.push(command),
      timing: fast,
      random: () => {
        this.retries += 1
        return 0.5
      },
      ...changes,
    })
  }
}
