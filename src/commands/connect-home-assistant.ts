import { hostname } from 'node:os'
import type { Broker } from '../homeassistant/broker.ts'
import { type Found, LateAudience } from '../homeassistant/late-audience.ts'
import { MqttHomeAssistant } from '../homeassistant/mqtt-client.ts'
import { askSupervisorForBroker } from '../homeassistant/supervisor.ts'
import type { Audience, CommandListener } from '../model/audience.ts'
import type { Log } from '../model/log.ts'
import type { MqttSettings, Settings } from '../model/settings.ts'

export interface HomeAssistantParts {
  readonly settings: Settings
  readonly version: string
  readonly log: Log
  readonly onCommand: CommandListener
}

/** Publishes to the options' broker, else to the Supervisor's as soon as it names one. */
export function connectHomeAssistant(parts: HomeAssistantParts): Audience {
  const broker = brokerOfOptions(parts.settings.mqtt)
  if (broker !== null) return publishTo(broker, parts)
  return new LateAudience(() => askSupervisor(parts))
}

export function brokerOfOptions(mqtt: MqttSettings): Broker | null {
  const { host, port, username, password, tls } = mqtt
  return host === null ? null : { host, port, username, password, tls }
}

async function askSupervisor(parts: HomeAssistantParts): Promise<Found> {
  const answer = await askSupervisorForBroker({ token: process.env['SUPERVISOR_TOKEN'] })
  if (answer.kind === 'broker') {
    return { kind: 'found', audience: publishTo(answer.broker, parts) }
  }
  parts.log.info(`nothing is published over MQTT: ${answer.reason}`)
  return { kind: answer.kind === 'unreachable' ? 'later' : 'none' }
}

function publishTo(broker: Broker, { settings, version, log, onCommand }: HomeAssistantParts) {
  return new MqttHomeAssistant({
    broker,
    baseTopic: settings.mqtt.baseTopic,
    names: settings,
    version,
    hostName: hostname(),
    log,
    onCommand,
  })
}
