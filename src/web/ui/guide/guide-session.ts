/**
 * What the guide has heard of the daemon and what it has asked of it. It writes nothing that wasn't
 * checked and shown before, and never says for the user that the page is still there.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { LineSearch } from '../../../model/published/found-line.ts'
import type { OptionsCheck, OptionsPage } from '../../../model/published/options-page.ts'
import { getSetup } from '../live/api.ts'
import {
  checkOptions,
  confirmOptions,
  getLines,
  getNotifyServices,
  getOptions,
  restoreOptions,
  searchLines,
  writeOptions,
} from '../live/setup-api.ts'
import { type Answers, firstAnswers, guidedOptions, usedLines } from './answers.ts'
import { type Applying, nextApplying, without } from './applying.ts'

export interface GuideState {
  readonly search: LineSearch | null
  readonly page: OptionsPage | null
  /** Whom Home Assistant can notify; empty where that isn't known. */
  readonly notifyServices: readonly string[]
  /** From the end of the first search on. */
  readonly answers: Answers | null
  /** What was sent to be checked, and the answer. */
  readonly proposed: OptionsPage['options'] | null
  readonly check: OptionsCheck | null
  readonly applying: Applying
  /** Why the daemon can't be asked, in its own words. */
  readonly trouble: string | null
}

const searchEveryMs = 500
const applyEveryMs = 1_000

export class GuideSession implements ReactiveController {
  readonly #host: ReactiveControllerHost
  #state: GuideState = {
    search: null,
    page: null,
    notifyServices: [],
    answers: null,
    proposed: null,
    check: null,
    applying: { kind: 'no' },
    trouble: null,
  }
  #timer: ReturnType<typeof setTimeout> | null = null
  #isGone = false

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  get state(): GuideState {
    return this.#state
  }

  hostConnected(): void {
    this.#isGone = false
  }

  hostDisconnected(): void {
    this.#isGone = true
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  /** What stands there now; a change that waits for the user's word goes on where it was. */
  async readOptions(): Promise<void> {
    const answer = await getOptions()
    if (answer.kind === 'failed') return this.#learn({ trouble: answer.reason })
    const until = answer.value.confirm_until
    this.#learn({ page: answer.value })
    if (until === null || this.#state.applying.kind !== 'no') return
    this.#learn({ applying: { kind: 'confirm', until } })
    this.#watch()
  }

  async search(): Promise<void> {
    this.#learn({ search: null, trouble: null })
    if (this.#state.page === null) await this.readOptions()
    void this.#askWhomToNotify()
    const started = await searchLines()
    if (started.kind === 'failed') return this.#learn({ trouble: started.reason })
    await this.#followSearch()
  }

  answer(answers: Answers): void {
    this.#learn({ answers, check: null, proposed: null })
  }

  async check(proposed = this.#wanted()): Promise<void> {
    if (proposed === null) return
    this.#learn({ proposed, check: null, trouble: null, applying: { kind: 'no' } })
    const answer = await checkOptions(proposed)
    if (this.#state.proposed !== proposed) return
    if (answer.kind === 'ok') this.#learn({ check: answer.value })
    else this.#learn({ trouble: answer.reason })
  }

  /** Shows them anew before anything is written. */
  async leaveOutWrong(): Promise<void> {
    const { proposed, check } = this.#state
    if (proposed !== null && check !== null) await this.check(without(proposed, check.problems))
  }

  async write(nowMs: number): Promise<void> {
    const { proposed, page, answers, check } = this.#state
    if (proposed === null || page === null || answers === null || check === null) return
    this.#learn({ applying: { kind: 'writing' } })
    const answer = await writeOptions(proposed, page.version)
    if (answer.kind === 'ok') {
      const names = usedLines(answers).map(({ name }) => name)
      this.#learn({ applying: { kind: 'starting', names, sinceMs: nowMs } })
      return this.#watch()
    }
    if (answer.status === 409) {
      await this.readOptions()
      await this.check()
      return this.#learn({ applying: { kind: 'outdated' } })
    }
    if (answer.status === 422) await this.check()
    this.#learn({ applying: { kind: 'failed', reason: answer.reason } })
  }

  /** The user's own word. */
  async confirm(): Promise<void> {
    const answer = await confirmOptions()
    if (answer.kind === 'ok') return this.#learn({ applying: { kind: 'confirmed' } })
    this.#learn({ trouble: answer.reason })
  }

  async takeBack(): Promise<void> {
    const answer = await restoreOptions()
    if (answer.kind === 'failed') return this.#learn({ trouble: answer.reason })
    this.#learn({ applying: { kind: 'put_back', reason: null } })
    await this.readOptions()
  }

  /** The lines stay found; what was answered stays answered. */
  async beginAgain(): Promise<void> {
    // That the change was put back has been seen now.
    if (this.#state.page?.put_back != null) await confirmOptions()
    this.#learn({ applying: { kind: 'no' }, proposed: null, check: null, trouble: null })
    await this.readOptions()
  }

  #wanted(): OptionsPage['options'] | null {
    const { page, answers, search } = this.#state
    if (page === null || answers === null) return null
    return guidedOptions(page.options, answers, search?.lines ?? [])
  }

  /** Nothing waits for it: without it a name can be typed. */
  async #askWhomToNotify(): Promise<void> {
    if (this.#state.page?.source !== 'supervisor') return
    const answer = await getNotifyServices()
    if (answer.kind === 'ok') this.#learn({ notifyServices: answer.value.services ?? [] })
  }

  async #followSearch(): Promise<void> {
    const answer = await getLines()
    if (this.#isGone) return
    if (answer.kind === 'ok') {
      const search = answer.value
      this.#learn({ search })
      if (search.state === 'done') {
        const options = this.#state.page?.options ?? {}
        return this.#learn({ answers: firstAnswers(search.lines, options) })
      }
    }
    this.#later(searchEveryMs, () => this.#followSearch())
  }

  #watch(): void {
    this.#later(applyEveryMs, () => this.#look())
  }

  /** While the daemon begins anew nobody answers; that is no news. */
  async #look(): Promise<void> {
    const [page, setup] = await Promise.all([getOptions(), getSetup()])
    if (this.#isGone) return
    const heard = {
      page: page.kind === 'ok' ? page.value : null,
      setup: setup.kind === 'ok' ? setup.value : null,
    }
    const applying = nextApplying(this.#state.applying, heard)
    this.#learn({ applying, page: heard.page ?? this.#state.page })
    if (applying.kind === 'starting' || applying.kind === 'confirm') this.#watch()
  }

  #later(ms: number, act: () => Promise<void>): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void act(), ms)
  }

  #learn(news: Partial<GuideState>): void {
    this.#state = { ...this.#state, ...news }
    this.#host.requestUpdate()
  }
}
