/**
 * Server-sent events (html.spec.whatwg.org, 9.2): the snapshot at once and at each publication,
 * changes as they happen. It waits for nobody: it cuts off a slow reader, who then reconnects.
 */
import type { ServerResponse } from 'node:http'
import type { Clock } from '../daemon/clock.ts'
import type { ChangeEvent, Snapshot } from '../model/published/snapshot.ts'

export class EventStream {
  readonly #clock: Clock
  readonly #listeners = new Set<ServerResponse>()
  #cancelBeat: () => void = () => {}

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get listeners(): number {
    return this.#listeners.size
  }

  /** false if too many listen already; then it has sent nothing. */
  add(response: ServerResponse, snapshot: Snapshot | null): boolean {
    if (this.#listeners.size >= maxListeners) return false
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      // A proxy in between must pass on each message at once.
      'X-Accel-Buffering': 'no',
    })
    response.on('close', () => this.#remove(response))
    response.on('error', () => this.#remove(response))
    this.#listeners.add(response)
    if (this.#listeners.size === 1) this.#beatLater()
    this.#send(response, `retry: ${retryMs}\n\n`)
    if (snapshot !== null) this.#send(response, message('state', snapshot))
    return true
  }

  publish(snapshot: Snapshot): void {
    if (this.#listeners.size > 0) this.#sendAll(message('state', snapshot))
  }

  announce(event: ChangeEvent): void {
    if (this.#listeners.size > 0) this.#sendAll(message('change', event))
  }

  close(): void {
    this.#cancelBeat()
    for (const response of this.#listeners) response.end()
    this.#listeners.clear()
  }

  #sendAll(text: string): void {
    for (const response of this.#listeners) this.#send(response, text)
  }

  #send(response: ServerResponse, text: string): void {
    if (response.writableLength > maxWaitingBytes) {
      this.#remove(response)
      response.destroy()
      return
    }
    response.write(text)
  }

  #remove(response: ServerResponse): void {
    this.#listeners.delete(response)
    if (this.#listeners.size === 0) this.#cancelBeat()
  }

  #beatLater(): void {
    this.#cancelBeat()
    this.#cancelBeat = this.#clock.wake(this.#clock.nowMs() + beatEveryMs, () => {
      this.#sendAll(': still here\n\n')
      this.#beatLater()
    })
  }
}

function message(name: string, value: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(value)}\n\n`
}

/** Proxies end a connection that is silent for a minute. */
const beatEveryMs = 15_000
const retryMs = 3_000
const maxListeners = 16
/** On top of the kernel's buffers; some minutes of snapshots. */
const maxWaitingBytes = 128_000
