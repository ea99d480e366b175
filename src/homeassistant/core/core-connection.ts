/**
 * Stays connected to Home Assistant Core: it retries for ever, with growing pauses, and logs each
 * fault once and in plain words, not at every retry. It keeps no messages.
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
  /** Home Assistant has started, and its automations run. */
  readonly onReady: (session: CoreSession) => void
  readonly onLost: () => void
}

export interface CoreTiming {
  readonly retry: RetryTiming
  /** After a refused token: only the user or an update of the add-on can change that. */
  readonly refusedRetryMs: number
  /** How often it pings while connected, and how long the answer may take. */
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
  /** Faults in the log since the last connection. */
  readonly #logged = new Set<string>()
  #closed = false

  constructor(options: CoreConnectionOptions) {
    this.#options = options
    this.#retries = new Retries(options.timing.retry, options.random)
    void this.#attempt()
  }

  /** null while Home Assistant is away or still starting. */
  get session(): CoreSession | null {
    return this.#ready && this.#session?.isUp === true ? this.#session : null
  }

  get isUp(): boolean {
    return this.#live
  }

  /** Ends the session and stops trying. */
  close(): void {
    this.#closed = true
    this.#retries.cancel()
    this.#session?.end()
  }

  async #attempt(): Promise<void> {
    // It rejects only if our own installation is broken, never for a fault of the network.
    const opening = await openCoreSession(this.#options.access).catch((error: unknown) => ({
      kind: 'unreachable' as const,
      reason: `can't try to connect: ${String(error)}`,
    }))
    if (opening.kind === 'open') return this.#opened(opening.session)
    if (this.#closed) return
    if (opening.kind === 'refused') {
      this.#logOnce(opening.reason, this.#options.timing.refusedRetryMs)
      this.#retries.after(this.#options.timing.refusedRetryMs, () => void this.#attempt())
    } else {
      this.#failed(opening.reason, null)
    }
  }

  /** The Supervisor lets us in before it reaches Home Assistant: only an answer proves that. */
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
    this.#logged.clear()
    this.#options.log.info(`Home Assistant: connected (${session.version})`)
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
    this.#logOnce(reason, this.#options.timing.retry.lastMs)
    this.#retries.afterFailure(heldMs, () => void this.#attempt())
  }

  #logOnce(reason: string, everyMs: number): void {
    if (this.#logged.has(reason) || this.#logged.size >= maxLogged) return
    this.#logged.add(reason)
    const seconds = Math.ceil(everyMs / 1000)
    this.#options.log.warn(
      `Home Assistant: ${reason}; events and notifications wait, ` +
        `it tries again at least every ${seconds} s`,
    )
  }
}

/** A start of Home Assistant goes through two or three faults, each worth a line. */
const maxLogged = 5

function isRunning(result: unknown): boolean {
  return (
    typeof result === 'object' && result !== null && 'state' in result && result.state === 'RUNNING'
  )
}
