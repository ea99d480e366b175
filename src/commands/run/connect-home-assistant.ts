import { hostname } from 'node:os'
import { everyAudience } from '../../daemon/audiences.ts'
import { CoreHomeAssistant } from '../../homeassistant/core/core-home-assistant.ts'
import { type Found, LateAudience, type SearchPace } from '../../homeassistant/late-audience.ts'
import type { Broker } from '../../homeassistant/mqtt/broker.ts'
import { MqttHomeAssistant } from '../../homeassistant/mqtt/mqtt-client.ts'
import { PairChannel } from '../../homeassistant/mqtt/pair-channel.ts'
import { Supervisor, type SupervisorOptions } from '../../homeassistant/supervisor/supervisor.ts'
import type { Audience, CommandListener } from '../../model/audience.ts'
import type { OtherBoxEvent } from '../../model/event.ts'
import type { Log } from '../../model/log.ts'
import { equalOptionsOf } from '../../model/published/box-card.ts'
import { baseTopicOf } from '../../model/settings/base-topic.ts'
import type { MqttSettings, Settings } from '../../model/settings/settings.ts'

export interface HomeAssistantParts {
  readonly settings: Settings
  readonly version: string
  readonly log: Log
  readonly onCommand: CommandListener
  /** What the user has to put right in Home Assistant, in plain words; null once it is. */
  readonly onProblem?: (problem: string | null) => void
  /** Hears what the other box of a pair says of itself; left out: nobody wants to know. */
  readonly onOther?: (event: OtherBoxEvent) => void
  /** By default the one that started this add-on, if one did. */
  readonly supervisor?: SupervisorOptions
  readonly searchPace?: SearchPace
}

/**
 * Publishes over MQTT, to the options' broker, else to the Supervisor's as soon as it names one;
 * and where there is a Supervisor, to Home Assistant itself.
 */
export function connectHomeAssistant(parts: HomeAssistantParts): Audience {
  const { supervisor = { token: process.env['SUPERVISOR_TOKEN'] }, log, settings } = parts
  const core = connectCore(supervisor, parts)
  const broker = brokerOfOptions(settings.mqtt, supervisor)
  if (broker !== null) {
    void core?.brokerIs(true)
    return everyAudience([publishTo(broker, parts), ...(core === null ? [] : [core])])
  }
  if (core === null) {
    log.info('nothing is published over MQTT: set mqtt.host, since there is no Supervisor')
    return everyAudience([])
  }
  const search = new BrokerSearch(new Supervisor(supervisor), core, parts)
  return everyAudience([new LateAudience(() => search.ask(), parts.searchPace), core])
}

/** null: the options name no broker. */
export function brokerOfOptions(
  mqtt: MqttSettings,
  { token }: Pick<SupervisorOptions, 'token'>,
): Broker | null {
  const { host, port, username, password, tls } = mqtt
  if (host === null) return null
  const broker = { host, port, username, password, tls }
  return token === undefined || token === '' ? broker : { ...broker, caFolder: addonCaFolder }
}

/** The Supervisor's map `ssl`. Whoever fills in the form may not have the add-on's other files read. */
const addonCaFolder = '/ssl'

function connectCore(
  { token, ...access }: SupervisorOptions,
  { settings, log, onCommand, onProblem }: HomeAssistantParts,
): CoreHomeAssistant | null {
  if (token === undefined || token === '') return null
  return new CoreHomeAssistant({
    access: { token, ...access },
    baseTopic: baseTopicOf(settings),
    names: settings,
    notify: settings.notify,
    log,
    onCommand,
    onProblem: onProblem ?? (() => undefined),
  })
}

/** Asks until there is a broker, for the user may install one at any time; logs only news. */
class BrokerSearch {
  readonly #supervisor: Supervisor
  readonly #core: CoreHomeAssistant
  readonly #parts: HomeAssistantParts
  #logged = ''

  constructor(supervisor: Supervisor, core: CoreHomeAssistant, parts: HomeAssistantParts) {
    this.#supervisor = supervisor
    this.#core = core
    this.#parts = parts
  }

  async ask(): Promise<Found> {
    const answer = await this.#supervisor.broker()
    if (answer.kind === 'ok') {
      await this.#core.brokerIs(true)
      return { kind: 'found', audience: publishTo(answer.value, this.#parts) }
    }
    // A Supervisor that is still starting says nothing about brokers.
    if (answer.kind !== 'unreachable') await this.#core.brokerIs(false)
    if (answer.reason !== this.#logged) {
      this.#logged = answer.reason
      this.#parts.log.info(`nothing is published over MQTT: ${answer.reason}`)
    }
    return { kind: 'later' }
  }
}

function publishTo(broker: Broker, parts: HomeAssistantParts) {
  const { settings, version, log, onCommand } = parts
  const channel = channelOf(parts)
  return new MqttHomeAssistant({
    broker,
    baseTopic: baseTopicOf(settings),
    names: settings,
    version,
    hostName: hostname(),
    log,
    onCommand,
    ...(channel === null ? {} : { pair: channel }),
  })
}

/** null: this box is alone, or nobody listens. */
function channelOf({ settings, version, log, onOther }: HomeAssistantParts): PairChannel | null {
  const { pair, mqtt } = settings
  if (pair === null || onOther === undefined) return null
  const card = { version, options: equalOptionsOf(settings) }
  return new PairChannel({ baseTopic: mqtt.baseTopic, pair, card, log, onOther })
}
