/**
 * One change of a device's policy, from the choice to the options that are written. It writes
 * nothing that wasn't checked and shown before. Whether the page is still there afterwards, the page
 * itself asks, see `options/change-card.ts`.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Device } from '../../../model/published/devices.ts'
import type { OptionsCheck, OptionsPage } from '../../../model/published/options-page.ts'
import { checkOptions, getOptions, writeOptions } from '../live/setup-api.ts'
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
  | { readonly kind: 'written' }
  | { readonly kind: 'outdated' }
  | { readonly kind: 'failed'; readonly reason: string }

export class PolicySession implements ReactiveController {
  readonly #host: ReactiveControllerHost
  /** null: it can't be read (yet). */
  page: OptionsPage | null = null
  step: Step = { kind: 'idle' }

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  hostConnected(): void {}

  async read(): Promise<void> {
    const answer = await getOptions()
    if (answer.kind === 'ok') this.page = answer.value
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
    if (answer.kind === 'ok') this.#go({ kind: 'written' })
    else if (answer.status === 409) this.#go({ kind: 'outdated' })
    else this.#go({ kind: 'failed', reason: answer.reason })
    await this.read()
  }

  #go(step: Step): void {
    this.step = step
    this.#host.requestUpdate()
  }
}
