import { isDeepStrictEqual } from 'node:util'
import { stringify } from 'yaml'
import type {
  OptionsAsWritten,
  OptionsCheck,
  OptionsPage,
  OptionsProblem,
} from '../../src/model/published/options-page.ts'
import type { OptionsDesk, Written } from '../../src/web/options-routes.ts'

/** Options in memory: whatever is written is right, unless a test says what is wrong with it. */
export class FakeOptionsDesk implements OptionsDesk {
  problems: readonly OptionsProblem[] = []
  /** The next write fails so. */
  failure: string | null = null
  /** A write waits for it. */
  gate: Promise<unknown> = Promise.resolve()
  page: OptionsPage = {
    writable: true,
    why_not: null,
    source: 'file',
    where: '/etc/wan-failover/options.yaml',
    version: 'v0',
    options: { wans: [] },
    form: [],
    previous: null,
    confirm_until: null,
    put_back: null,
  }
  readonly #asked = Promise.withResolvers<void>()
  /** Resolves once a write has come. */
  readonly asked = this.#asked.promise
  #before: OptionsAsWritten | null = null
  #writes = 0

  async read(): Promise<OptionsPage> {
    return this.page
  }

  async check(options: OptionsAsWritten): Promise<OptionsCheck> {
    const before = this.page.options
    const keys = [...new Set([...Object.keys(before), ...Object.keys(options)])]
    const difference = keys
      .filter((key) => !isDeepStrictEqual(before[key], options[key]))
      .map((path) => ({ path, before: before[path] ?? null, after: options[path] ?? null }))
    return { problems: this.problems, warnings: [], difference, yaml: stringify(options) }
  }

  async write(options: OptionsAsWritten, version: string): Promise<Written> {
    this.#asked.resolve()
    await this.gate
    if (version !== this.page.version) {
      return { kind: 'conflict', reason: 'the options have changed meanwhile' }
    }
    if (this.failure !== null) return { kind: 'failed', reason: this.failure }
    if (this.problems.length > 0) return { kind: 'wrong', problems: this.problems }
    this.#before = this.page.options
    const confirmUntil = new Date(Date.now() + 60_000).toISOString()
    this.#put(options, { confirm_until: confirmUntil, put_back: null })
    return { kind: 'written', confirmUntil }
  }

  async confirm(): Promise<Written> {
    if (this.page.confirm_until === null && this.page.put_back === null) {
      return { kind: 'conflict', reason: 'there is nothing to confirm' }
    }
    this.page = { ...this.page, confirm_until: null, put_back: null }
    return { kind: 'written', confirmUntil: null }
  }

  async restore(): Promise<Written> {
    if (this.#before === null) return { kind: 'conflict', reason: 'no previous options are kept' }
    const before = this.#before
    this.#before = this.page.options
    this.#put(before, { confirm_until: null })
    return { kind: 'written', confirmUntil: null }
  }

  #put(options: OptionsAsWritten, changes: Partial<OptionsPage>): void {
    this.#writes += 1
    const previous = { saved: new Date().toISOString() }
    this.page = { ...this.page, ...changes, options, previous, version: `v${this.#writes}` }
  }
}
