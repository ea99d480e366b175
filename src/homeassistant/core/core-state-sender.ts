/**
 * Keeps the states over Home Assistant's API as the newest snapshot has them: changes within a
 * second, measurements every half minute, everything after a restart of Home Assistant. It never
 * has more than a few requests under way: each takes the Supervisor some milliseconds.
 */
import type { Log } from '../../model/log.ts'
import type { Snapshot } from '../../model/published/snapshot.ts'
import type { Reply, SupervisorApi } from '../supervisor/supervisor-api.ts'
import type { StateEntity } from './core-states.ts'

export interface CoreStateSenderOptions {
  readonly api: SupervisorApi
  readonly entities: readonly StateEntity[]
  readonly log: Log
  readonly pace: StatePace
}

export interface StatePace {
  /** Between two rounds of requests. */
  readonly roundMs: number
  readonly figuresMs: number
  /** After a round that failed. */
  readonly retryMs: number
}

const maxAtOnce = 4

export class CoreStateSender {
  readonly #options: CoreStateSenderOptions
  #latest: Snapshot | null = null
  /** What Home Assistant has, by entity id. */
  #sent = new Map<string, string>()
  #isOn = false
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> | null = null
  #isNews = false
  #notBeforeMs = 0
  #figuresAtMs = 0
  #failureIsLogged = false

  constructor(options: CoreStateSenderOptions) {
    this.#options = options
  }

  publish(snapshot: Snapshot): void {
    this.#latest = snapshot
    this.#isNews = true
    this.#wake()
  }

  /** Sends everything from now on: Home Assistant doesn't have it yet. */
  start(): void {
    this.#isOn = true
    this.#sent = new Map()
    this.#notBeforeMs = 0
    this.#figuresAtMs = 0
    this.#isNews = this.#latest !== null
    this.#wake()
  }

  /** Home Assistant is away: it forgets the states, or `start` sends them again. */
  pause(): void {
    this.#isOn = false
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** Removes our states: nobody must believe them, and no entity needs another id for them. */
  async withdraw(): Promise<void> {
    this.pause()
    await this.#round
    const ids = [...this.#sent.keys()]
    this.#sent = new Map()
    await this.#each(ids, (id) =>
      this.#options.api.ask({ method: 'DELETE', path: `/core/api/states/${id}` }),
    )
  }

  #wake(): void {
    if (!this.#isOn || !this.#isNews || this.#timer !== undefined || this.#round !== null) return
    const waitMs = Math.max(0, this.#notBeforeMs - performance.now())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#isNews = false
      this.#round = this.#sendChanged().finally(() => {
        this.#round = null
        this.#wake()
      })
    }, waitMs)
  }

  async #sendChanged(): Promise<void> {
    const { entities, pace } = this.#options
    const snapshot = this.#latest
    if (snapshot === null) return
    const withFigures = performance.now() >= this.#figuresAtMs
    const due = entities.filter(({ isFigure }) => withFigures || !isFigure)
    const failed = await this.#each(due, (entity) => this.#sendState(entity, snapshot))
    const nowMs = performance.now()
    this.#notBeforeMs = nowMs + (failed ? pace.retryMs : pace.roundMs)
    if (failed) this.#isNews = true
    else if (withFigures) this.#figuresAtMs = nowMs + pace.figuresMs
  }

  async #sendState({ id, stateIn }: StateEntity, snapshot: Snapshot): Promise<Reply | null> {
    const body = stateIn(snapshot)
    const text = JSON.stringify(body)
    const sent = this.#sent
    if (!this.#isOn || sent.get(id) === text) return null
    const path = `/core/api/states/${id}`
    const reply = await this.#options.api.ask({ method: 'POST', path, body })
    if (isSuccess(reply)) sent.set(id, text)
    return reply
  }

  /** true if one of them failed; then the rest waits for the next round. */
  async #each<T>(items: readonly T[], ask: (item: T) => Promise<Reply | null>): Promise<boolean> {
    const left = [...items]
    let failure: Reply | null = null
    const worker = async () => {
      for (let item = left.shift(); item !== undefined && failure === null; item = left.shift()) {
        const reply = await ask(item)
        if (reply !== null && !isSuccess(reply)) failure = reply
      }
    }
    await Promise.all(Array.from({ length: maxAtOnce }, worker))
    this.#logOnce(failure)
    return failure !== null
  }

  #logOnce(failure: Reply | null): void {
    if (failure === null) {
      this.#failureIsLogged = false
    } else if (!this.#failureIsLogged && this.#isOn) {
      this.#failureIsLogged = true
      const why = failure.kind === 'replied' ? `status ${failure.status}` : failure.reason
      this.#options.log.warn(
        `Home Assistant: it doesn't take our states (${why}), so it shows old ones; trying again`,
      )
    }
  }
}

/** 404: a state that we remove is gone already. */
function isSuccess(reply: Reply): boolean {
  return reply.kind === 'replied' && [200, 201, 404].includes(reply.status)
}
