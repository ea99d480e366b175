/**
 * Home Assistant over MQTT: publishes the newest snapshot, announces events, receives commands.
 *
 * It must never hold up the daemon, nor use more memory while the broker is away: then it keeps
 * the newest snapshot and nothing else. The core decides whether a command can be carried out.
 */
import type { Audience, CommandListener } from '../../model/audience.ts'
import type { Log } from '../../model/log.ts'
import type { ChangeEvent, Snapshot } from '../../model/published/snapshot.ts'
import { after, settledWithin } from '../deadline.ts'
import type { RetryTiming } from '../retries.ts'
import type { Broker } from './broker.ts'
import { type DiscoveryMessage, deviceId, discoveryMessage, discoveryTopic } from './discovery.ts'
import { MqttConnection } from './mqtt-connection.ts'
import type { MqttSession } from './mqtt-session.ts'
import type { PairChannel } from './pair-channel.ts'
import { RefusedCommands } from './refused-commands.ts'
import { droppingMessage, isOurStateTopic, survivingStateTopics } from './stale-entities.ts'
import { stateMessages } from './state-messages.ts'
import {
  commandTopics,
  type Message,
  type Names,
  parseCommand,
  type Topics,
  topicsBelow,
} from './topics.ts'

export interface MqttHomeAssistantOptions {
  readonly broker: Broker
  readonly baseTopic: string
  readonly names: Names
  readonly version: string
  /** Keeps the client id over a restart, and makes it another on the second box of a pair. */
  readonly hostName: string
  readonly log: Log
  readonly onCommand: CommandListener
  /** Left out: this box is alone. */
  readonly pair?: PairChannel
  /** As Home Assistant's MQTT integration has it; `homeassistant` by default. */
  readonly discoveryPrefix?: string
  /** Between 0 and 1. */
  readonly random?: () => number
  readonly timing?: Partial<MqttTiming>
}

export interface MqttTiming {
  readonly retry: RetryTiming
  /** How long the broker may take to deliver what it retained for us. */
  readonly surveyMs: number
  /** After Home Assistant's birth message; random, because every device answers it. */
  readonly birthDelayMs: { readonly least: number; readonly most: number }
}

const usualTiming: MqttTiming = {
  retry: { firstMs: 1_000, lastMs: 60_000, stableMs: 30_000 },
  surveyMs: 500,
  birthDelayMs: { least: 500, most: 3_000 },
}

/** While a broker hangs, at most this many messages wait for it; newer events are dropped. */
const maxUnanswered = 100

/** To publish `offline` and to disconnect; together below the port's two seconds. */
const offlineMs = 800
const disconnectMs = 400

/** What an earlier start left on the broker. */
interface Survey {
  discovery: string | null
  readonly stateTopics: Set<string>
}

/** We never leave more names there; any more are somebody else's. */
const maxSurveyed = 1_000

export class MqttHomeAssistant implements Audience {
  readonly #options: MqttHomeAssistantOptions
  readonly #timing: MqttTiming
  readonly #random: () => number
  readonly #topics: Topics
  readonly #birthTopic: string
  readonly #discoveryTopic: string
  readonly #discovery: DiscoveryMessage
  readonly #refusedCommands = new RefusedCommands()
  readonly #connection: MqttConnection
  #latest: Snapshot | null = null
  /** What the broker of this connection has, by topic. */
  #published = new Map<string, string>()
  /** The session that a round of publishing is under way on. */
  #publishingOn: MqttSession | null = null
  /** Topics that the broker refused; each is logged once. */
  #refusedTopics = new Set<string>()
  #survey: Survey | null = null
  #birthTimer: NodeJS.Timeout | null = null
  #closing: Promise<void> | null = null

  constructor(options: MqttHomeAssistantOptions) {
    const prefix = options.discoveryPrefix ?? 'homeassistant'
    this.#options = options
    this.#timing = { ...usualTiming, ...options.timing }
    this.#random = options.random ?? Math.random
    this.#topics = topicsBelow(options.baseTopic)
    this.#birthTopic = `${prefix}/status`
    this.#discoveryTopic = discoveryTopic(prefix, options.baseTopic)
    this.#discovery = discoveryMessage(this.#topics, options.names, options.version)
    this.#connection = new MqttConnection({
      broker: options.broker,
      clientId: `${deviceId(options.baseTopic)}-${options.hostName}`,
      will: { topic: this.#topics.status, payload: 'offline' },
      log: options.log,
      retry: this.#timing.retry,
      random: this.#random,
      onUp: (session) => void this.#begin(session),
      onMessage: (message) => this.#received(message),
    })
  }

  publish(snapshot: Snapshot): void {
    this.#latest = snapshot
    void this.#publishLatest()
  }

  announce(event: ChangeEvent): void {
    const session = this.#connection.session
    if (session === null || session.unanswered >= maxUnanswered) return
    void this.#send(session, this.#topics.event, JSON.stringify(event), { retain: false })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    if (this.#birthTimer !== null) clearTimeout(this.#birthTimer)
    const session = this.#connection.session
    if (session !== null) {
      const sent = session.publish(this.#topics.status, 'offline', { retain: true })
      await settledWithin(Promise.all([sent, this.#options.pair?.end(session)]), offlineMs)
    }
    await this.#connection.close(disconnectMs)
  }

  /** Everything that a new connection needs; it goes on if the broker refuses a step. */
  async #begin(session: MqttSession): Promise<void> {
    const survey: Survey = { discovery: null, stateTopics: new Set() }
    const surveyed = [this.#discoveryTopic, ...survivingStateTopics(this.#topics)]
    this.#survey = survey
    this.#published = new Map()
    const commands = commandTopics(this.#topics, this.#options.names)
    await this.#listen(session, commands, { keepFlag: true })
    await this.#listen(session, [this.#topics.status, this.#birthTopic], { keepFlag: false })
    await this.#send(session, this.#topics.status, 'online', { retain: true })
    await this.#publishLatest()
    await this.#options.pair?.begin(session)
    await this.#listen(session, surveyed, { keepFlag: false })
    await after(this.#timing.surveyMs)
    await session.unsubscribe(surveyed)
    await this.#replaceEarlier(session, survey)
  }

  /** Removes entities that are gone, announces ours, then clears what the former had retained. */
  async #replaceEarlier(session: MqttSession, survey: Survey): Promise<void> {
    const dropping =
      survey.discovery === null ? null : droppingMessage(survey.discovery, this.#discovery)
    if (dropping !== null) {
      const text = JSON.stringify(dropping)
      await this.#send(session, this.#discoveryTopic, text, { retain: true })
    }
    await this.#sendDiscovery(session)
    const { names } = this.#options
    const current = new Set([
      ...names.wans.map((wan) => this.#topics.wanState(wan.name)),
      ...names.policies.map((policy) => this.#topics.policyState(policy.name)),
    ])
    for (const topic of survey.stateTopics) {
      if (!current.has(topic)) await this.#send(session, topic, '', { retain: true })
    }
  }

  async #sendDiscovery(session: MqttSession): Promise<void> {
    const text = JSON.stringify(this.#discovery)
    await this.#send(session, this.#discoveryTopic, text, { retain: true })
  }

  /** One round at a time: while one is under way, newer snapshots replace each other. */
  async #publishLatest(): Promise<void> {
    const session = this.#connection.session
    if (session === null || this.#publishingOn === session || this.#closing !== null) return
    this.#publishingOn = session
    let changed = this.#changedMessages()
    while (session.isUp && changed.length > 0) {
      await Promise.all(
        changed.map(([topic, message]) =>
          this.#send(session, topic, message.payload, { retain: true }),
        ),
      )
      changed = this.#changedMessages()
    }
    if (this.#publishingOn === session) this.#publishingOn = null
  }

  /** What differs from what was published; it counts as published from here on. */
  #changedMessages() {
    if (this.#latest === null) return []
    const messages = stateMessages(this.#latest, this.#topics, this.#options.names)
    const changed = [...messages].filter(
      ([topic, { content }]) => this.#published.get(topic) !== content,
    )
    for (const [topic, { content }] of changed) this.#published.set(topic, content)
    return changed
  }

  #received(message: Message): void {
    if (this.#options.pair?.take(message) === true) return
    const text = Buffer.from(message.payload).toString('utf8')
    if (message.topic === this.#birthTopic) {
      if (text === 'online') this.#homeAssistantStarted()
    } else if (message.topic === this.#topics.status) {
      this.#statusReceived(text)
    } else if (message.topic === this.#discoveryTopic) {
      if (message.retained && this.#survey !== null) this.#survey.discovery = text
    } else if (isOurStateTopic(message.topic, this.#topics)) {
      this.#stateTopicFound(message)
    } else {
      this.#commanded(message)
    }
  }

  #stateTopicFound(message: Message): void {
    if (!message.retained || this.#survey === null) return
    if (this.#survey.stateTopics.size < maxSurveyed) this.#survey.stateTopics.add(message.topic)
  }

  #commanded(message: Message): void {
    const parsed = parseCommand(message, this.#topics, this.#options.names)
    if (parsed.kind === 'command') {
      this.#options.onCommand(parsed.command)
      return
    }
    const line = this.#refusedCommands.line(message.topic, parsed.reason, performance.now())
    if (line !== null) this.#options.log.warn(line)
  }

  /** The broker may publish the last will of an earlier connection after our `online`. */
  #statusReceived(text: string): void {
    const session = this.#connection.session
    if (text !== 'offline' || session === null || this.#closing !== null) return
    void this.#send(session, this.#topics.status, 'online', { retain: true })
  }

  #homeAssistantStarted(): void {
    if (this.#birthTimer !== null || this.#closing !== null) return
    const { least, most } = this.#timing.birthDelayMs
    this.#birthTimer = setTimeout(
      () => {
        this.#birthTimer = null
        void this.#sendAllAgain()
      },
      least + this.#random() * (most - least),
    )
  }

  async #sendAllAgain(): Promise<void> {
    const session = this.#connection.session
    if (session === null) return
    await this.#sendDiscovery(session)
    await this.#send(session, this.#topics.status, 'online', { retain: true })
    this.#published = new Map()
    await this.#publishLatest()
  }

  async #listen(
    session: MqttSession,
    topics: readonly string[],
    options: { readonly keepFlag: boolean },
  ): Promise<void> {
    const outcome = await session.subscribe(topics, options)
    if (outcome.kind === 'refused') this.#brokerRefused(topics.join(', '), outcome.reason)
  }

  async #send(
    session: MqttSession,
    topic: string,
    payload: string,
    options: { readonly retain: boolean },
  ): Promise<void> {
    const outcome = await session.publish(topic, payload, options)
    if (outcome.kind === 'refused') this.#brokerRefused(topic, outcome.reason)
  }

  #brokerRefused(topic: string, reason: string): void {
    if (this.#refusedTopics.has(topic)) return
    this.#refusedTopics.add(topic)
    this.#options.log.warn(
      `MQTT: the broker refuses us ${topic} (${reason}); give our user the right to it`,
    )
  }
}
