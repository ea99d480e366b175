/**
 * One change of a device's policy, from the choice to the user's word that the page is still there.
 * It writes nothing that wasn't checked and shown before.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Device } from '../../../model/published/devices.ts'
import type { OptionsCheck, OptionsPage } from '../../../model/published/options-page.ts'
import { nextApplying } from '../guide/applying.ts'
import {
  checkOptions,
  confirmOptions,
  getOptions,
  restoreOptions,
  writeOptions,
} from '../live/setup-api.ts'
import { type PolicyChange, withPolicy } from './policy-change.ts'

export interface Offer {
  readonly device: Device
  readonly policy: string
  readonly change: PolicyChange
  /** null: it is being checked. */
  readonly check: OptionsCheck | null
}

export type Step =
  | { readonly kind: 'idle' }
  | { readonly kind: 'offered'; readonly offer: Offer }
  | { readonly kind: 'writing'; readonly offer: Offer }
  | { readonly kind: 'confirm'; readonly until: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'outdated' }
  | { readonly kind: 'put_back'; readonly reason: string | null }
  | { readonly kind: 'failed'; readonly reason: string }

const lookEveryMs = 1_000

export class PolicySession implements ReactiveController {
  readonly #host: ReactiveControllerHost
  #timer: ReturnType<typeof setTimeout> | null = null
  /** null: it can't be read (yet). */
  page: OptionsPage | null = null
  step: Step = { kind: 'idle' }

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  hostDisconnected(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  /** Goes on where a change waits for the user's word: a new daemon may have loaded the page anew. */
  async read(): Promise<void> {
    const answer = await getOptions()
    if (answer.kind === 'failed') return
    this.page = answer.value
    const until = answer.value.confirm_until
    if (until !== null) this.#wait(until)
    this.#host.requestUpdate()
  }

  async offer(device: Device, policy: string): Promise<void> {
    if (this.page === null) return
    const change = withPolicy(this.page.options, device, policy)
    const offer = { device, policy, change, check: null }
    this.#go({ kind: 'offered', offer })
    const answer = await checkOptions(change.options)
    if (this.step.kind !== 'offered' || this.step.offer !== offer) return
    if (answer.kind === 'failed') this.#go({ kind: 'failed', reason: answer.reason })
    else this.#go({ kind: 'offered', offer: { ...offer, check: answer.value } })
  }

  cancel(): void {
    if (this.step.kind === 'offered') this.#go({ kind: 'idle' })
  }

  async write(): Promise<void> {
    const { step, page } = this
    if (step.kind !== 'offered' || step.offer.check === null || page === null) return
    this.#go({ kind: 'writing', offer: step.offer })
    const answer = await writeOptions(step.offer.change.options, page.version)
    if (answer.kind === 'ok') {
      const until = answer.value.confirm_until
      return until === null ? this.#finish({ kind: 'done' }) : this.#wait(until)
    }
    const isOutdated = answer.status === 409
    return this.#finish(
      isOutdated ? { kind: 'outdated' } : { kind: 'failed', reason: answer.reason },
    )
  }

  /** The user's own word. */
  async confirm(): Promise<void> {
    const answer = await confirmOptions()
    if (answer.kind === 'ok') return this.#finish({ kind: 'done' })
    this.#go({ kind: 'failed', reason: answer.reason })
  }

  async takeBack(): Promise<void> {
    const answer = await restoreOptions()
    if (answer.kind === 'ok') return this.#finish({ kind: 'put_back', reason: null })
    this.#go({ kind: 'failed', reason: answer.reason })
  }

  #wait(until: string): void {
    this.#go({ kind: 'confirm', until })
    this.#later()
  }

  #later(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#look(), lookEveryMs)
  }

  /** While the daemon begins anew nobody answers; that is no news. */
  async #look(): Promise<void> {
    if (this.step.kind !== 'confirm') return
    const answer = await getOptions()
    if (this.step.kind !== 'confirm') return
    const heard = { page: answer.kind === 'ok' ? answer.value : null, setup: null }
    const next = nextApplying(this.step, heard)
    if (next.kind === 'confirm') return this.#wait(next.until)
    return this.#finish(next.kind === 'put_back' ? next : { kind: 'done' })
  }

  /** What stands there now is another one. */
  async #finish(step: Step): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#go(step)
    const answer = await getOptions()
    if (answer.kind === 'ok') this.page = answer.value
    this.#host.requestUpdate()
  }

  #go(step: Step): void {
    this.step = step
    this.#host.requestUpdate()
  }
}
