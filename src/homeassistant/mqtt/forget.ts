/**
 * Removes everything of ours from the broker, as `cleanup` needs it: the device disappears from
 * Home Assistant and no retained message stays. What others retain below our base topic is theirs.
 */
import type { Log } from '../../model/log.ts'
import { after, settledWithin } from '../deadline.ts'
import type { Broker } from './broker.ts'
import { deviceId, discoveryTopic } from './discovery.ts'
import { MqttConnection } from './mqtt-connection.ts'
import type { MqttSession } from './mqtt-session.ts'
import { isOurStateTopic } from './stale-entities.ts'
import { type Message, topicsBelow } from './topics.ts'

export interface ForgetOptions {
  readonly broker: Broker
  readonly baseTopic: string
  /** Ours outside of what is below the base topic. */
  readonly alsoOurs?: readonly string[]
  readonly log: Log
  readonly discoveryPrefix?: string
  /** For connecting; then it waits `surveyMs` more for what the broker retains. */
  readonly timeoutMs?: number
  readonly surveyMs?: number
}

export type Forgotten =
  | { readonly kind: 'forgotten'; readonly topics: readonly string[] }
  /** The log says why. */
  | { readonly kind: 'no_connection' }
  | { readonly kind: 'refused'; readonly reason: string }

export async function forgetHomeAssistant(options: ForgetOptions): Promise<Forgotten> {
  const topics = topicsBelow(options.baseTopic)
  const discovery = discoveryTopic(options.discoveryPrefix ?? 'homeassistant', options.baseTopic)
  const others = options.alsoOurs ?? []
  const found = new Set<string>()
  const { promise: connected, resolve: onUp } = Promise.withResolvers<MqttSession>()
  const connection = new MqttConnection({
    broker: options.broker,
    clientId: `${deviceId(options.baseTopic)}-forget`,
    will: null,
    log: options.log,
    retry: { firstMs: 1_000, lastMs: 4_000, stableMs: 30_000 },
    random: Math.random,
    onUp,
    onMessage: (message: Message) => {
      const { topic } = message
      const named = topic === discovery || others.includes(topic)
      if (message.retained && (named || isOurStateTopic(topic, topics))) found.add(topic)
    },
  })
  try {
    const session = await settledWithin(connected, options.timeoutMs ?? 10_000)
    if (session === null) return { kind: 'no_connection' }
    const listening = [discovery, `${topics.base}/#`, ...others]
    const subscribed = await session.subscribe(listening, { keepFlag: false })
    if (subscribed.kind === 'refused') return subscribed
    await after(options.surveyMs ?? 500)
    await session.unsubscribe(listening)
    // Discovery goes first: entities that still exist would stumble over the empty states.
    const inOrder = [...found].sort((a, b) => Number(b === discovery) - Number(a === discovery))
    for (const topic of inOrder) {
      const cleared = await session.publish(topic, '', { retain: true })
      if (cleared.kind === 'refused') return cleared
      if (cleared.kind === 'lost') return { kind: 'no_connection' }
    }
    return { kind: 'forgotten', topics: inOrder }
  } finally {
    await connection.close(500)
  }
}
