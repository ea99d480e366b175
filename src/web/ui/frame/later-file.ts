import type { ReactiveControllerHost } from 'lit'

/** A file of the page that isn't needed at first. */
export class LaterFile {
  readonly #host: Pick<ReactiveControllerHost, 'requestUpdate'>
  readonly #load: () => Promise<unknown>
  #state: 'unasked' | 'wanted' | 'there' | 'missing' = 'unasked'

  constructor(host: Pick<ReactiveControllerHost, 'requestUpdate'>, load: () => Promise<unknown>) {
    this.#host = host
    this.#load = load
  }

  /** `missing`: another version of the page stands there by now, with another file. */
  get state(): 'unasked' | 'wanted' | 'there' | 'missing' {
    return this.#state
  }

  /** Asks once; the host is drawn again with what came of it. */
  want(): void {
    if (this.#state !== 'unasked') return
    this.#state = 'wanted'
    this.#load()
      .then(
        () => 'there' as const,
        () => 'missing' as const,
      )
      .then((state) => {
        this.#state = state
        this.#host.requestUpdate()
      }, reportError)
  }
}
