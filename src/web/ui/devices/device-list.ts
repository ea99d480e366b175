/**
 * The devices of the house: who sends through this machine, and who doesn't. A policy that is
 * chosen here is a wish: it is shown as a change of the options, and written when the user says so.
 */
import { html, nothing, type PropertyValues } from 'lit'
import type { Device, Devices } from '../../../model/published/devices.ts'
import type { Setup } from '../../../model/published/setup.ts'
import { cardStyles } from '../frame/card-styles.ts'
import { icon } from '../frame/icon.ts'
import { given, own, PagePart } from '../frame/page-part.ts'
import { rowStyles } from '../frame/row-styles.ts'
import { keptKey } from '../live/command-key.ts'
import { getDevices } from '../live/setup-api.ts'
import { devicesTexts } from '../texts/devices/language.ts'
import { deviceListStyles } from './device-list-styles.ts'
import { type DeviceView, deviceGroups } from './device-views.ts'
import './policy-dialog.ts'
import { policyChoices } from './policy-change.ts'
import { PolicySession } from './policy-session.ts'

/** More at once are a long way to scroll. */
const shownAtOnce = 50

export class DeviceList extends PagePart {
  @given setup!: Setup | null
  /** By the host's clock. */
  @given nowMs!: number
  /** A change of the options waits for the user's word. */
  @given waits!: boolean
  @own found: Devices | null = null
  @own trouble: string | null = null
  @own isLooking = false
  @own shown = shownAtOnce
  readonly #session = new PolicySession(this)

  static override styles = [cardStyles, rowStyles, deviceListStyles]

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.#locked) return
    void this.#session.read()
    void this.#look()
  }

  /** The daemon goes by other options from here on. */
  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('waits') || changed.get('waits') === undefined || this.#locked) return
    void this.#session.read()
    void this.#look()
  }

  async #look(): Promise<void> {
    this.isLooking = true
    const answer = await getDevices()
    this.isLooking = false
    this.trouble = answer.kind === 'failed' ? answer.reason : null
    if (answer.kind === 'ok') this.found = answer.value
  }

  /** Where everyone on this host may read, this is for who has the key. */
  get #locked(): boolean {
    return this.setup?.commands_need_key === true && keptKey() === null
  }

  get #texts() {
    return devicesTexts(this.voice.formats.language)
  }

  protected override render() {
    const t = this.#texts
    if (this.#locked) return html`<p>${t.locked}</p>`
    const { trouble, found } = this
    return html`<policy-dialog
        .session=${this.#session}
        .step=${this.#session.step}
        .texts=${t}
        .voice=${this.voice}
      ></policy-dialog>
      <p role="status" class=${found === null ? '' : 'hidden-text'}>
        ${this.isLooking ? t.looking : nothing}
      </p>
      ${trouble === null ? nothing : note('bad', t.failed(trouble))}
      ${found === null ? nothing : this.#list(found)}
      <div class="choices">
        <button type="button" class="plain" ?disabled=${this.isLooking} @click=${() => this.#look()}>
          ${t.again}
        </button>
      </div>`
  }

  #list({ devices, truncated }: Devices) {
    const t = this.#texts
    const { formats } = this.voice
    const { through, past, advice } = deviceGroups(devices, {
      formats,
      texts: t,
      nowMs: this.nowMs,
    })
    if (devices.length === 0) return html`<p>${t.none}</p>`
    const { page } = this.#session
    return html`
      ${page?.writable === false ? note('notice', `${t.notWritable} ${page.why_not ?? ''}`) : nothing}
      ${truncated ? note('notice', t.truncated) : nothing}
      ${through.length === 0 ? nothing : this.#through(through)}
      ${past.length === 0 ? nothing : this.#past(past, advice)}
    `
  }

  #through(views: readonly DeviceView[]) {
    const t = this.#texts
    const heads = [t.device, t.bytes, t.usesNow, t.policy, t.lastSeen]
    return html`<h3 id="through">${t.through(views.length)}</h3>
      <div role="table" aria-labelledby="through">
        ${headRow(heads)}
        ${views.slice(0, this.shown).map((view) => {
          const { device, bytes, lastSeen } = view
          return html`<div role="row">
            ${nameCell(view)}
            <span role="cell">
              ${label(t.bytes)}
              ${bytes.map(
                ({ wan, text }) =>
                  html`<span class="amount"><span>${wan}</span><span>${text}</span></span>`,
              )}
            </span>
            <span role="cell">${label(t.usesNow)}${device.wan ?? t.noLine}</span>
            ${this.#policyCell(view)}
            <span role="cell" class="quiet small">${label(t.lastSeen)}${lastSeen}</span>
          </div>`
        })}
      </div>
      ${this.#more(views.length)}`
  }

  #past(views: readonly DeviceView[], advice: readonly string[]) {
    const t = this.#texts
    return html`<h3 id="past">${t.past(views.length)}</h3>
      ${note('notice', [t.pastHint, ...advice].join(' '))}
      <div role="table" class="past" aria-labelledby="past">
        ${headRow([t.device, t.gateway, t.policy])}
        ${views.slice(0, this.shown).map(
          (view) => html`<div role="row">
            ${nameCell(view)}
            <span role="cell">
              ${label(t.gateway)}${view.device.gateway ?? t.gatewayUnknown}
            </span>
            ${this.#policyCell(view)}
          </div>`,
        )}
      </div>
      ${this.#more(views.length)}`
  }

  #more(count: number) {
    const rest = count - this.shown
    return rest <= 0
      ? nothing
      : html`<div class="choices">
          <button
            type="button"
            class="plain"
            @click=${() => {
              this.shown = Number.MAX_SAFE_INTEGER
            }}
          >
            ${this.#texts.more(rest)}
          </button>
        </div>`
  }

  #policyCell({ device, name }: DeviceView) {
    const t = this.#texts
    const { page, step } = this.#session
    const choices = page === null ? [] : policyChoices(page.options, device)
    const shown = (policy: string) => (policy === 'default' ? t.everyoneElse : policy)
    const current = device.policy ?? 'default'
    if (choices.length < 2 || page?.writable !== true) {
      return html`<span role="cell" class="policy">${label(t.policy)}${shown(current)}</span>`
    }
    return html`<span role="cell" class="policy">
      ${label(t.policy)}
      <select
        aria-label=${t.policyOf(name)}
        ?disabled=${this.waits || step.kind === 'writing'}
        @change=${(event: Event) => this.#choose(device, current, event)}
      >
        ${choices.map(({ name: policy, behind }) => {
          const isOut = behind !== null && policy !== current
          const text = isOut ? t.behind(shown(policy), behind) : shown(policy)
          return html`<option
            value=${policy}
            .selected=${policy === current}
            ?disabled=${isOut}
          >${text}</option>`
        })}
      </select>
    </span>`
  }

  /** The menu shows what holds, not what is wished. */
  #choose(device: Device, current: string, event: Event): void {
    const menu = event.currentTarget as HTMLSelectElement
    const wanted = menu.value
    menu.value = current
    if (wanted !== current) void this.#session.offer(device, wanted)
  }
}

function headRow(heads: readonly string[]) {
  return html`<div role="row" class="heads">
    ${heads.map((head) => html`<span role="columnheader">${head}</span>`)}
  </div>`
}

function nameCell({ name, details }: DeviceView) {
  return html`<span role="rowheader">
    ${name}${details === '' ? nothing : html`<span class="details quiet small">${details}</span>`}
  </span>`
}

function label(text: string) {
  return html`<span class="label" aria-hidden="true">${text}</span>`
}

function note(tone: 'bad' | 'notice', text: string) {
  return html`<p class="note ${tone}">
    ${icon(tone === 'bad' ? 'cross' : 'warning')}<span>${text}</span>
  </p>`
}

customElements.define('device-list', DeviceList)
