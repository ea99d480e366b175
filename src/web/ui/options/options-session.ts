/**
 * The options while they are edited: loaded, changed here, checked by the daemon, saved. It writes
 * nothing that wasn't checked and shown before, and loses nothing that a user has entered unless
 * the user says so.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type {
  OptionsAsWritten,
  OptionsCheck,
  OptionsPage,
  OptionsProblem,
} from '../../../model/published/options-page.ts'
import { checkOptions, getOptions, restoreOptions, writeOptions } from '../live/setup-api.ts'

export type Doing = 'nothing' | 'checking' | 'saving'

export interface EditState {
  /** null until it is loaded. */
  readonly page: OptionsPage | null
  /** As they stand in the form. */
  readonly edited: OptionsAsWritten
  /** What the daemon has said of them, until they change. */
  readonly check: OptionsCheck | null
  /** Stay until the next check, so that a field is mended with its problem in sight. */
  readonly problems: readonly OptionsProblem[]
  readonly doing: Doing
  readonly trouble: string | null
  /** Somebody else has written meanwhile. */
  readonly isOutdated: boolean
}

export class OptionsSession implements ReactiveController {
  readonly #host: ReactiveControllerHost
  #state: EditState = {
    page: null,
    edited: {},
    check: null,
    problems: [],
    doing: 'nothing',
    trouble: null,
    isOutdated: false,
  }

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  get state(): EditState {
    return this.#state
  }

  hostConnected(): void {}

  /** What was entered is lost. */
  async load(language: string): Promise<void> {
    const answer = await getOptions(language)
    if (answer.kind === 'failed') return this.#learn({ trouble: answer.reason })
    const { options } = answer.value
    const fresh = { check: null, problems: [], trouble: null, isOutdated: false }
    this.#learn({ page: answer.value, edited: options, ...fresh })
  }

  change(edited: OptionsAsWritten): void {
    this.#learn({ edited, check: null })
  }

  /** Away from what was checked, back to the form. */
  goOn(): void {
    this.#learn({ check: null })
  }

  async check(): Promise<void> {
    const { edited } = this.#state
    this.#learn({ doing: 'checking', check: null, trouble: null })
    const answer = await checkOptions(edited)
    this.#learn({ doing: 'nothing' })
    if (this.#state.edited !== edited) return
    if (answer.kind === 'failed') return this.#learn({ trouble: answer.reason })
    const { problems } = answer.value
    this.#learn({ problems, check: problems.length === 0 ? answer.value : null })
  }

  /** Whether it is done. */
  async save(): Promise<boolean> {
    const { edited, page } = this.#state
    if (page === null) return false
    this.#learn({ doing: 'saving', trouble: null })
    const answer = await writeOptions(edited, page.version)
    this.#learn({ doing: 'nothing' })
    if (answer.kind === 'ok') return true
    if (answer.status === 409) this.#learn({ isOutdated: true, check: null })
    else if (answer.status === 422) await this.check()
    else this.#learn({ trouble: answer.reason })
    return false
  }

  /** The previous ones again. */
  async restore(): Promise<boolean> {
    const answer = await restoreOptions()
    if (answer.kind === 'failed') this.#learn({ trouble: answer.reason })
    return answer.kind === 'ok'
  }

  #learn(news: Partial<EditState>): void {
    this.#state = { ...this.#state, ...news }
    this.#host.requestUpdate()
  }
}
