/**
 * How the boxes of a pair show each other what they are like, where both have the same broker: each
 * keeps its card there, and reads the other one's. Nothing depends on it, and it fails in silence.
 */
import * as v from 'valibot'
import type { OtherBoxEvent } from '../../model/event.ts'
import type { Log } from '../../model/log.ts'
import { type BoxCard, maxCardBytes } from '../../model/published/box-card.ts'
import type { PairSettings } from '../../model/settings/settings.ts'
import type { MqttSession } from './mqtt-session.ts'
import { RefusedCommands } from './refused-commands.ts'
import type { Message } from './topics.ts'

export interface PairChannelOptions {
  /** As the options have it, on both boxes: the second one's own differs. */
  readonly baseTopic: string
  readonly pair: PairSettings
  readonly card: Omit<BoxCard, 'at' | 'role'>
  readonly log: Log
  readonly onOther: (event: OtherBoxEvent) => void
}

export class PairChannel {
  readonly #options: PairChannelOptions
  readonly #ownTopic: string
  readonly #otherTopic: string
  readonly #otherRole: PairSettings['role']
  readonly #refusals = new RefusedCommands()
  #timer: NodeJS.Timeout | undefined
  #isRefusalTold = false
  #isOver = false

  constructor(options: PairChannelOptions) {
    const { baseTopic, pair } = options
    this.#options = options
    this.#otherRole = pair.role === 'first' ? 'second' : 'first'
    this.#ownTopic = cardTopic(baseTopic, pair)
    this.#otherTopic = cardTopic(baseTopic, { ...pair, role: this.#otherRole })
  }

  /** On each connection anew. */
  async begin(session: MqttSession): Promise<void> {
    const outcome = await session.subscribe([this.#otherTopic], { keepFlag: false })
    if (outcome.kind === 'refused') this.#told(this.#otherTopic, outcome.reason)
    clearInterval(this.#timer)
    // It must keep nobody alive who stops while the broker is away.
    this.#timer = setInterval(() => void this.#send(session), sayEveryMs).unref()
    await this.#send(session)
  }

  /** Takes what the other box says; false: the message is about something else. */
  take({ topic, payload, retained }: Message): boolean {
    if (topic !== this.#otherTopic) return false
    const read = readCard(payload, this.#otherRole)
    if (read.kind === 'card') {
      this.#options.onOther({ kind: 'other_box', card: read.card, isLive: !retained })
      return true
    }
    const line = this.#refusals.line(topic, read.reason, performance.now())
    if (line !== null) this.#options.log.warn(line)
    return true
  }

  /** Takes the card away: what this box will be like afterwards, nobody knows yet. */
  async end(session: MqttSession): Promise<void> {
    this.#isOver = true
    clearInterval(this.#timer)
    await session.publish(this.#ownTopic, '', { retain: true })
  }

  async #send(session: MqttSession): Promise<void> {
    if (!session.isUp || this.#isOver) {
      clearInterval(this.#timer)
      return
    }
    const { card, pair } = this.#options
    const said: BoxCard = { role: pair.role, ...card, at: new Date().toISOString() }
    // A box that dies can't take it away.
    const options = { retain: true, expirySeconds: keptSeconds }
    const outcome = await session.publish(this.#ownTopic, JSON.stringify(said), options)
    if (outcome.kind === 'refused') this.#told(this.#ownTopic, outcome.reason)
  }

  #told(topic: string, reason: string): void {
    if (this.#isRefusalTold) return
    this.#isRefusalTold = true
    this.#options.log.warn(
      `MQTT: the broker refuses us ${topic} (${reason}): the boxes can't compare their options`,
    )
  }
}

/** Where a box of this role keeps its card. */
export function cardTopic(
  baseTopic: string,
  { group, address, role }: Pick<PairSettings, 'group' | 'address' | 'role'>,
): string {
  return `${baseTopic}/pair/${group}/${address}/${role}`
}

type ReadCard =
  /** null: it has been taken away. */
  | { readonly kind: 'card'; readonly card: BoxCard | null }
  | { readonly kind: 'refused'; readonly reason: string }

/** Never throws, whatever the broker delivers. */
export function readCard(payload: Uint8Array, role: PairSettings['role']): ReadCard {
  if (payload.length === 0) return { kind: 'card', card: null }
  if (payload.length > maxCardBytes) {
    const reason = `it has ${payload.length} bytes; a box's card has at most ${maxCardBytes}`
    return { kind: 'refused', reason }
  }
  const parsed = v.safeParse(cardSchema, Buffer.from(payload).toString('utf8'))
  if (!parsed.success) return { kind: 'refused', reason: "it is no box's card" }
  if (parsed.output.role === role) return { kind: 'card', card: parsed.output }
  return { kind: 'refused', reason: `it says to be the ${parsed.output.role} box` }
}

const text = (most: number) => v.pipe(v.string(), v.maxLength(most), v.regex(/^\P{Cc}*$/u))

const cardSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    role: v.picklist(['first', 'second']),
    version: text(40),
    at: v.pipe(v.string(), v.maxLength(40), v.isoTimestamp()),
    options: v.pipe(
      v.record(text(100), text(400)),
      v.check((options) => Object.keys(options).length <= mostOptions),
    ),
  }),
)

/** Far more than our own have, see `box-card.ts`. */
const mostOptions = 300
const sayEveryMs = 60_000
/** Three times as long as until the next one. */
const keptSeconds = 180
