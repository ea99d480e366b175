/**
 * A real Home Assistant Core on this network namespace's port 8123, with an owner and a websocket
 * open. Import `lab/enter-namespace.ts` before: it must never listen on the machine's own
 * network.
 */
import { execFileSync } from 'node:child_process'
import {
  type Connection,
  callService,
  type HassEntities,
  type HassEntity,
  type HassEvent,
  subscribeEntities,
} from 'home-assistant-js-websocket'
import type { Broker } from '../../../../src/homeassistant/mqtt/broker.ts'
import { monotonicMs } from '../../../lab/measure/monotonic.ts'
import { waitFor } from '../../../wait-for.ts'
import { HomeAssistantFolder, type Yaml } from './home-assistant-folder.ts'
import { HomeAssistantProcess } from './home-assistant-process.ts'
import { addMqttEntry } from './mqtt-entry.ts'
import { connect, onboard } from './onboarding.ts'

const startMs = 60_000

export interface HeardEvent {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
  /** When it arrived, monotonicMs(). */
  readonly heardMs: number
}

/** What was heard on the bus since one began to listen, and is heard across restarts. */
export class Heard {
  readonly events: HeardEvent[] = []

  /** Resolves with the first event that fits, heard already or not. */
  waitFor(fits: (event: HeardEvent) => boolean, what: string, deadlineMs = 10_000) {
    return waitFor(() => this.events.find(fits), {
      deadlineMs,
      what: `${what} on Home Assistant's bus`,
    })
  }
}

export class HomeAssistant {
  readonly url = 'http://127.0.0.1:8123'
  readonly folder: HomeAssistantFolder
  readonly #listening = new Map<string, Heard>()
  #token = ''
  #process: HomeAssistantProcess
  #connection: Connection | null = null
  #entities: HassEntities = {}

  private constructor(folder: HomeAssistantFolder) {
    this.folder = folder
    this.#process = new HomeAssistantProcess(folder)
  }

  /** New, with an owner, and running when this resolves. `more`: keys of configuration.yaml. */
  static async open(more: Yaml = {}): Promise<HomeAssistant> {
    execFileSync('ip', ['link', 'set', 'lo', 'up'])
    const homeAssistant = new HomeAssistant(new HomeAssistantFolder(more))
    try {
      await homeAssistant.#answers()
      homeAssistant.#token = await onboard(homeAssistant.url)
      await homeAssistant.#connect()
    } catch (error) {
      const log = homeAssistant.folder.messages().join('\n')
      await homeAssistant.close()
      throw new Error(`starting Home Assistant; its log:\n${log}`, { cause: error })
    }
    return homeAssistant
  }

  /** The owner's long-lived access token. */
  get token(): string {
    return this.#token
  }

  /** All entities by their id, always as Home Assistant has told them last. */
  get entities(): HassEntities {
    return this.#entities
  }

  state(entityId: string): string | undefined {
    return this.#entities[entityId]?.state
  }

  /** Resolves with the first state of the entity that fits. */
  waitForEntity(
    entityId: string,
    fits: (entity: HassEntity) => boolean,
    { deadlineMs = 10_000, what = 'fit' }: { deadlineMs?: number; what?: string } = {},
  ): Promise<HassEntity> {
    return waitFor(
      () => {
        const entity = this.#entities[entityId]
        return entity !== undefined && fits(entity) ? entity : null
      },
      { deadlineMs, what: `${entityId} to ${what}` },
    ).catch((error: unknown) => {
      const last = JSON.stringify(this.#entities[entityId])
      throw new Error(`${entityId} is ${last}`, { cause: error })
    })
  }

  waitForState(entityId: string, state: string, deadlineMs = 10_000): Promise<HassEntity> {
    return this.waitForEntity(entityId, (entity) => entity.state === state, {
      deadlineMs,
      what: `be ${state}`,
    })
  }

  /** `data` has `entity_id` where the service is for one. Resolves when it has been carried out. */
  async callService(domain: string, service: string, data: Yaml = {}): Promise<void> {
    await callService(this.#open(), domain, service, data)
  }

  async fireEvent(type: string, data: Yaml = {}): Promise<void> {
    await this.command({ type: 'fire_event', event_type: type, event_data: data })
  }

  /**
   * Listens for events of one type. `call_service` has every call of a service that exists, with
   * `domain`, `service` and `service_data`.
   */
  async listen(type: string): Promise<Heard> {
    const before = this.#listening.get(type)
    // Twice subscribed is each event heard twice.
    if (before !== undefined) return before
    const heard = new Heard()
    this.#listening.set(type, heard)
    await this.#subscribe(type, heard)
    return heard
  }

  /** Any command of the websocket API, e.g. `{ type: 'config/entity_registry/list' }`. */
  command<T = unknown>(message: Yaml & { readonly type: string }): Promise<T> {
    return this.#open().sendMessagePromise<T>(message)
  }

  /** Replaces automations.yaml, and lets Home Assistant read it. */
  async writeAutomations(automations: readonly Yaml[]): Promise<void> {
    this.folder.writeAutomations(automations)
    await this.callService('automation', 'reload')
  }

  /** Sets the MQTT integration up as a user does in the settings, and waits until it is loaded. */
  async addMqtt(broker: Broker): Promise<void> {
    await addMqttEntry({ url: this.url, token: this.#token, broker })
  }

  async stop(): Promise<void> {
    this.#connection?.close()
    this.#connection = null
    this.#entities = {}
    await this.#process.stop()
  }

  /** Resolves when it says that it is running, and all that listened listens again. */
  async startAgain(): Promise<void> {
    this.#process = new HomeAssistantProcess(this.folder)
    await this.#answers()
    await this.#connect()
  }

  async close(): Promise<void> {
    try {
      await this.stop()
    } finally {
      this.folder.remove()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #answers(): Promise<void> {
    const answers = async () => {
      const { status } = await fetch(`${this.url}/manifest.json`)
      return status === 200
    }
    await waitFor(() => this.#process.running && answers(), {
      deadlineMs: startMs,
      everyMs: 50,
      what: 'Home Assistant to answer',
    })
  }

  async #connect(): Promise<void> {
    const connection = await connect(this.url, this.#token)
    this.#connection = connection
    const running = async () => {
      const { state } = await this.command<{ state: string }>({ type: 'get_config' })
      return state === 'RUNNING'
    }
    await waitFor(running, { deadlineMs: startMs, everyMs: 50, what: 'Home Assistant to run' })
    for (const [type, heard] of this.#listening) await this.#subscribe(type, heard)
    subscribeEntities(connection, (entities) => {
      if (this.#connection === connection) this.#entities = entities
    })
    await waitFor(() => Object.keys(this.#entities).length > 0, {
      deadlineMs: startMs,
      what: 'the entities',
    })
  }

  async #subscribe(type: string, heard: Heard): Promise<void> {
    await this.#open().subscribeEvents<HassEvent>(({ event_type, data }) => {
      heard.events.push({ type: event_type, data, heardMs: monotonicMs() })
    }, type)
  }

  #open(): Connection {
    if (this.#connection === null) throw new Error('Home Assistant is stopped')
    return this.#connection
  }
}
