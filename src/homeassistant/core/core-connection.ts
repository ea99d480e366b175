/**
 * Keeps connected to Home Assistant Core, for ever, at growing distances, and says what is wrong:
 * each trouble once and in plain words, not at every retry. It keeps nothing of what is to be said.
 */
import type { Log } from '../../model/log.ts'
import { Retries, type RetryTiming } from '../retries.ts'
import type { SupervisorAccess } from '../supervisor/supervisor-api.ts'
import { type CoreSession, openCoreSession } from './core-session.ts'

export interface CoreConnectionOptions {
  readonly access: SupervisorAccess
  readonly log: Log
  readonly timing: CoreTiming
  /** Between 0 and 1. */
  readonly random: () => number
  /** Home Assistant answers; it may still be starting. */
  readonly onUp: () => void
  /** It has started, and its automations run. */
  readonly onReady: (session: CoreSession) => void
  readonly onLost: () => void
}

export interface CoreTiming {
  readonly retry: RetryTiming
  /** For a token that is refused: only the user, or an update of the add-on, can change that. */
  readonly refusedRetryMs: number
  /** How often a connection that is up is asked for a sign of life, and how long it may take. */
  readonly heartbeatMs: number
  readonly heartbeatPatienceMs: number
}

export class CoreConnection {
  readonly #options: CoreConnectionOptions
  readonly #retries: Retries
  #session: CoreSession | null = null
  #live = false
  #ready = false
  #heartbeat: NodeJS.Timeout | undefined
  /** What was logged since the last connection. */
  readonly #told = new Set<string>()
  #closed = false

  constructor(options: CoreConnectionOptions) {
    this.#options = options
    this.#retries = new Retries(options.timing.retry, options.random)
    void this.#attempt()
  }

  /** null while Home Assistant is away, or hasn't started yet. */
  get session(): CoreSession | null {
    return this.#ready && this.#session?.isUp === true ? this.#session : null
  }

  get isUp(): boolean {
    return this.#live
  }

  /** Ends what there is and tries no more. */
  close(): void {
    this.#closed = true
    this.#retries.cancel()
    this.#session?.end()
  }

  async #attempt(): Promise<void> {
    // It rejects for nothing that happens on the way, but for a broken installation of ours.
    const opening = await openCoreSession(this.#options.access).catch((error: unknown) => ({
      kind: 'unreachable' as const,
      reason: `the connection can't be tried: ${String(error)}`,
    }))
    if (opening.kind === 'open') return this.#opened(opening.session)
    if (this.#closed) return
    if (opening.kind === 'refused') {
      this.#tell(opening.reason, this.#options.timing.refusedRetryMs)
      this.#retries.after(this.#options.timing.refusedRetryMs, () => void this.#attempt())
    } else {
      this.#failed(opening.reason, null)
    }
  }

  /** The Supervisor lets us in before it has reached Home Assistant: an answer is the proof. */
  async #opened(session: CoreSession): Promise<void> {
    this.#session = session
    if (this.#closed) session.end()
    const sinceMs = performance.now()
    session.onDown = () => this.#lost(performance.now() - sinceMs)
    const started = session.listen('homeassistant_started', () => this.#becomeReady(session))
    const answer = await session.ask({ type: 'get_config' })
    await started
    if (!session.isUp) return
    if (answer.kind !== 'done') {
      session.end()
      return
    }
    this.#live = true
    this.#told.clear()
    this.#options.log.info(`Home Assistant: connected (${session.version}).`)
    this.#heartbeat = setInterval(() => void this.#beat(session), this.#options.timing.heartbeatMs)
    this.#options.onUp()
    if (isRunning(answer.result)) this.#becomeReady(session)
  }

  #becomeReady(session: CoreSession): void {
    if (this.#ready || !session.isUp) return
    this.#ready = true
    this.#options.onReady(session)
  }

  async #beat(session: CoreSession): Promise<void> {
    const outcome = await session.ask({ type: 'ping' }, this.#options.timing.heartbeatPatienceMs)
    if (outcome.kind === 'unanswered') session.end()
  }

  #lost(heldMs: number): void {
    clearInterval(this.#heartbeat)
    const wasLive = this.#live
    this.#session = null
    this.#live = false
    this.#ready = false
    if (this.#closed) return
    this.#options.onLost()
    this.#failed(
      wasLive ? 'the connection is lost' : 'the Supervisor has no connection to Home Assistant',
      heldMs,
    )
  }

  #failed(reason: string, heldMs: number | null): void {
    this.#tell(reason, this.#options.timing.retry.lastMs)
    this.#retries.afterFailure(heldMs, () => void this.#attempt())
  }

  #tell(reason: string, everyMs: number): void {
    if (this.#told.has(reason) || this.#told.size >= maxTold) return
    this.#told.add(reason)
    const seconds = Math.ceil(everyMs / 1000)
    this.#options.log.warn(
      `Home Assistant: ${reason}. Trying again, in the end every ${seconds} s.`,
    )
  }
}

/** A start of Home Assistant passes through two or three troubles, each worth a line. */
const maxTold = 5

function isRunning(result: unknown): boolean {
  return (
    typeof result === 'object' && result !== null && 'state' in result && result.state === 'RUNNING'
  )
}
