/** Somebody who has the page open: it is told of each change, and asks for history and files. */
import type { Page } from '../house/page-of.ts'

const paths = ['', 'api/state', 'api/state']
const everyMs = 5_000

export class PageReader {
  readonly #page: Page
  readonly #ended = new AbortController()
  readonly #events: Promise<void>
  readonly #timer: NodeJS.Timeout
  #bytes = 0
  #answers = 0
  #wrong: string | null = null

  private constructor(page: Page, events: Response) {
    this.#page = page
    this.#events = this.#readEvents(events)
    this.#timer = setInterval(() => void this.#ask(), everyMs)
  }

  static async open(page: Page): Promise<PageReader> {
    const events = await fetch(`${page.url}api/events`, { headers: page.headers })
    if (!events.ok) throw new Error(`${events.status}: ${await events.text()}`)
    return new PageReader(page, events)
  }

  /** Throws where the page was silent or refused something. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#ended.abort()
    await this.#events
    if (this.#wrong !== null) throw new Error(`the page: ${this.#wrong}`)
    if (this.#bytes === 0 || this.#answers === 0) throw new Error('the page was silent')
  }

  async #readEvents(events: Response): Promise<void> {
    const reader = events.body?.getReader()
    this.#ended.signal.addEventListener('abort', () => void reader?.cancel())
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
      if (done) break
      this.#bytes += value?.byteLength ?? 0
    }
    if (!this.#ended.signal.aborted) this.#wrong ??= 'its events ended'
  }

  async #ask(): Promise<void> {
    const { url, headers } = this.#page
    try {
      for (const path of paths) {
        const answer = await fetch(url + path, { headers, signal: this.#ended.signal })
        this.#bytes += (await answer.arrayBuffer()).byteLength
        if (answer.ok) this.#answers += 1
        else this.#wrong ??= `${answer.status} for /${path}`
      }
    } catch (error) {
      if (!this.#ended.signal.aborted) this.#wrong ??= String(error)
    }
  }
}
