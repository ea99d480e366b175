/**
 * The web page: what the daemon publishes goes to all open pages and into the history; users'
 * commands go into the daemon's queue. It must never wait for a reader, never let in anybody who
 * isn't allowed, and never take down the daemon, whatever a request contains.
 */
import type { Clock } from '../daemon/clock.ts'
import type { Audience } from '../model/audience.ts'
import type { Log } from '../model/log.ts'
import type { MonthReport } from '../model/published/month-report.ts'
import type { ChangeEvent, Snapshot } from '../model/published/snapshot.ts'
import { CommandKey } from './access/command-key.ts'
import { HttpDoor } from './access/http-door.ts'
import { TokenGate } from './access/token-gate.ts'
import { EventStream } from './event-stream.ts'
import { History } from './history/history.ts'
import { Metrics } from './metrics.ts'
import { type AppParts, createPageListener, type PageListener } from './page-app.ts'
import { StaticFiles } from './static-files.ts'

/** Where the page is served. */
export type Place =
  /** By the Supervisor, which has authenticated the user; it names the port when it is up. */
  | { readonly kind: 'ingress'; readonly askPort: () => Promise<IngressPort> }
  /** For this host alone: everyone on it may read, who has the key may give commands. */
  | {
      readonly kind: 'standalone'
      readonly port: number
      readonly token: null
      readonly key: string
    }
  /** For everyone who has the token. */
  | { readonly kind: 'standalone'; readonly port: number; readonly token: string }

export type IngressPort =
  | { readonly kind: 'port'; readonly port: number }
  | { readonly kind: 'unknown'; readonly reason: string }

export interface WebPageParts
  extends Pick<
    AppParts,
    | 'known'
    | 'snapshot'
    | 'explain'
    | 'setup'
    | 'lines'
    | 'devices'
    | 'notifyServices'
    | 'options'
    | 'loopIsAlive'
    | 'onCommand'
    | 'log'
  > {
  readonly place: Place
  /** The built page. */
  readonly pageFolder: string
  /** Of the history; null: it doesn't outlive the process. */
  readonly dataFolder: string | null
  readonly clock: Clock
}

export class WebPage implements Audience {
  readonly #history: History
  readonly #stream: EventStream
  readonly #metrics = new Metrics()
  readonly #clock: Clock
  readonly #log: Log
  readonly #appParts: AppParts
  /** From the first request on. */
  #listening: Promise<PageListener> | null = null
  #doors: readonly HttpDoor[] = []
  #cancelAsking: () => void = () => {}
  #closed = false

  constructor(parts: WebPageParts) {
    const { clock, log, place, pageFolder, dataFolder } = parts
    this.#clock = clock
    this.#log = log
    this.#history = new History({ folder: dataFolder, clock, log })
    this.#stream = new EventStream(clock)
    const token = place.kind === 'standalone' ? place.token : null
    this.#appParts = {
      ...parts,
      entrance: place.kind === 'ingress' ? 'ingress' : token === null ? 'loopback' : 'token',
      gate: token === null ? null : new TokenGate(token, clock),
      key: place.kind === 'standalone' && place.token === null ? new CommandKey(place.key) : null,
      history: this.#history,
      stream: this.#stream,
      metrics: this.#metrics,
      files: new StaticFiles(pageFolder),
    }
    this.#settle(place)
  }

  publish(snapshot: Snapshot): void {
    this.#history.record(snapshot)
    this.#stream.publish(snapshot)
  }

  announce(event: ChangeEvent): void {
    this.#history.recordEvent(event)
    this.#metrics.count(event)
    this.#stream.announce(event)
  }

  /** @param month as `2026-11` */
  month(month: string): MonthReport {
    return this.#history.month(month)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#cancelAsking()
    this.#stream.close()
    await Promise.all(this.#doors.map((door) => door.close()))
    await this.#history.close()
  }

  #settle(place: Place): void {
    if (place.kind === 'ingress') {
      this.#settleBehind(place.askPort, null)
      return
    }
    const { port, token } = place
    if (port === 0) return
    if (token !== null) this.#open([{ host: null, port, peers: null }])
    else {
      this.#open([
        { host: '127.0.0.1', port, peers: null },
        { host: '::1', port, peers: null, optional: true },
      ])
    }
  }

  /** Asks until the Supervisor names the port; it logs each reason why not once. */
  #settleBehind(askPort: () => Promise<IngressPort>, logged: string | null): void {
    const take = (answer: IngressPort): void => {
      if (this.#closed) return
      if (answer.kind === 'port') {
        this.#open([{ host: ingressAddress, port: answer.port, peers: [supervisorAddress] }])
        return
      }
      if (answer.reason !== logged) {
        const seconds = askAgainMs / 1000
        this.#log.warn(
          `the web page is not served yet: ${answer.reason}; it asks again every ${seconds} s`,
        )
      }
      this.#cancelAsking = this.#clock.wake(this.#clock.nowMs() + askAgainMs, () =>
        this.#settleBehind(askPort, answer.reason),
      )
    }
    askPort().then(take, (error: unknown) => take({ kind: 'unknown', reason: String(error) }))
  }

  #open(places: readonly Opening[]): void {
    const [clock, log] = [this.#clock, this.#log]
    this.#doors = places.map((place) => {
      const listener: ConstructorParameters<typeof HttpDoor>[0]['listener'] = (
        request,
        response,
      ) => {
        this.#answer(request, response).catch((error: unknown) => {
          log.error(`the web page failed to answer a request: ${String(error)}`)
          response.destroy()
        })
      }
      return new HttpDoor({ ...place, listener, clock, log })
    })
    for (const door of this.#doors) door.open()
  }

  async #answer(...asked: Parameters<PageListener>): Promise<void> {
    this.#listening ??= createPageListener(this.#appParts)
    const listen = await this.#listening
    await listen(...asked)
  }
}

type Opening = Pick<
  ConstructorParameters<typeof HttpDoor>[0],
  'host' | 'port' | 'peers' | 'optional'
>

/**
 * The host's address in the Supervisor's network and the Supervisor's own, which alone may ask:
 * developers.home-assistant.io, "Presenting your app", Ingress.
 */
const ingressAddress = '172.30.32.1'
const supervisorAddress = '172.30.32.2'
const askAgainMs = 10_000
