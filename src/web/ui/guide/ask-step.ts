/** The second step: the few things only the user can know, each answered already. */
import { html, nothing } from 'lit'
import type { FoundLine } from '../../../model/published/found-line.ts'
import { cardStyles } from '../frame/card-styles.ts'
import { given, own } from '../frame/page-part.ts'
import '../picture/wan-picture.ts'
import { type Answers, changed, type LineChoice, moved, usedLines } from './answers.ts'
import { askStyles } from './ask-styles.ts'
import { GuidePart } from './guide-part.ts'
import { guideStyles } from './guide-styles.ts'
import { lineTitle, serviceName } from './line-views.ts'
import { plannedWans } from './planned-wans.ts'

export class AskStep extends GuidePart {
  @given answers!: Answers
  @given lines!: readonly FoundLine[]
  /** Nobody else could tell the user: only Home Assistant notifies. */
  @given hasNotify = false
  /** Those to choose from; empty where they aren't known. */
  @given notifyServices: readonly string[] = []
  /** What was moved where, read out. */
  @own said = ''

  static override styles = [cardStyles, guideStyles, askStyles]

  protected override render() {
    const t = this.guide.ask
    const used = usedLines(this.answers)
    const voice = { ...this.voice, guide: this.guide }
    return html`<section class="card" aria-labelledby="ask">
        <h2 id="ask" tabindex="-1">${t.heading}</h2>
        <p class="quiet intro">${t.intro}</p>
        <fieldset>
          <legend>${t.lines}</legend>
          <p class="quiet small">${t.linesHint}</p>
          <ol class="boxes wide">
            ${this.answers.lines.map((line, index) => this.#line(line, index))}
          </ol>
          <p class="hidden-text" role="status">${this.said}</p>
        </fieldset>
        <fieldset>
          <legend>${t.who}</legend>
          ${this.#who('house', t.house, t.houseHint)}
          ${this.#who('machine', t.machine, t.machineHint)}
        </fieldset>
        <fieldset>
          <legend>${t.dns}</legend>
          <label class="choice">
            <input
              type="checkbox"
              .checked=${this.answers.dnsHelp}
              @change=${(event: Event) => this.#give({ dnsHelp: isChecked(event) })}
            /><span>${t.dnsHint}</span>
          </label>
        </fieldset>
        ${this.hasNotify ? this.#notify() : nothing}
      </section>
      <wan-picture
        .wans=${plannedWans(this.answers, this.lines, voice)}
        .heading=${t.picture}
        .voice=${this.voice}
      ></wan-picture>
      <section class="card choices end">
        <button type="button" ?disabled=${used.length < 2} @click=${() => this.#say('next')}>
          ${this.guide.next}
        </button>
        <button type="button" class="plain" @click=${() => this.#say('back')}>
          ${this.guide.back}
        </button>
        <p class="hint small" role="status">${used.length < 2 ? t.tooFew : ''}</p>
      </section>`
  }

  #line(choice: LineChoice, index: number) {
    const t = this.guide.ask
    const { id, name, use, metered } = choice
    const line = this.lines.find((one) => one.id === id)
    const last = this.answers.lines.length - 1
    const change = (part: Partial<LineChoice>) => this.#answer(changed(this.answers, id, part))
    return html`<li class=${use ? '' : 'unused'}>
      <div class="line-head">
        <label class="choice">
          <input
            type="checkbox"
            .checked=${use}
            aria-label=${t.use(name)}
            @change=${(event: Event) => change({ use: isChecked(event) })}
          /><span><strong>${this.#place(choice)}</strong>
            <span class="quiet small"
              >${line === undefined ? t.notFound : `${lineTitle(line, this.guide)} · ${line.gateway ?? line.interface}`}</span
            ></span>
        </label>
        <span class="arrows">
          ${this.#arrow(choice, { by: -1, isOff: index === 0 })}
          ${this.#arrow(choice, { by: 1, isOff: index === last })}
        </span>
      </div>
      <div class="line-fields">
        <label>
          <span class="small">${t.name}</span>
          <input
            type="text"
            .value=${name}
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            maxlength="32"
            title=${t.nameHint}
            @change=${(event: Event) => change({ name: textIn(event) })}
          />
        </label>
        <label class="choice">
          <input
            type="checkbox"
            .checked=${metered}
            @change=${(event: Event) => change({ metered: isChecked(event) })}
          /><span>${t.metered}
            <span class="quiet small">${t.meteredHint}</span></span>
        </label>
      </div>
    </li>`
  }

  #arrow(choice: LineChoice, { by, isOff }: { readonly by: -1 | 1; readonly isOff: boolean }) {
    const t = this.guide.ask
    const label = by === -1 ? t.up(choice.name) : t.down(choice.name)
    return html`<button
      type="button"
      class="plain arrow"
      aria-label=${label}
      title=${label}
      aria-disabled=${isOff ? 'true' : 'false'}
      data-move="${choice.id} ${by}"
      @click=${() => (isOff ? undefined : this.#move(choice, by))}
    >
      <span aria-hidden="true">${by === -1 ? '↑' : '↓'}</span>
    </button>`
  }

  /** The focus goes with the line, or the next press would move another one. */
  #move(choice: LineChoice, by: -1 | 1): void {
    const answers = moved(this.answers, choice.id, by)
    this.#answer(answers)
    this.said = this.guide.ask.movedTo(choice.name, this.#place(choice, answers))
    void this.updateComplete.then(() => {
      const buttons = this.renderRoot.querySelectorAll<HTMLElement>('[data-move]')
      const wanted = `${choice.id} ${by}`
      for (const button of buttons) if (button.dataset['move'] === wanted) button.focus()
    })
  }

  #place({ id, use }: LineChoice, answers: Answers = this.answers): string {
    const t = this.guide.ask
    if (!use) return t.unused
    return usedLines(answers)[0]?.id === id ? t.main : t.backup
  }

  #who(value: Answers['who'], text: string, hint: string) {
    return html`<label class="choice">
      <input
        type="radio"
        name="who"
        value=${value}
        .checked=${this.answers.who === value}
        @change=${() => this.#give({ who: value })}
      /><span>${text} <span class="quiet small">${hint}</span></span>
    </label>`
  }

  #notify() {
    const t = this.guide.ask
    return html`<fieldset>
      <legend>${t.notify}</legend>
      <p class="quiet small" id="notify-hint">${t.notifyHint}</p>
      ${this.notifyServices.length > 0 ? this.#services() : this.#typedServices()}
    </fieldset>`
  }

  /** Those that are written but not there any more can be taken away. */
  #services() {
    const { notify } = this.answers
    const all = [...new Set([...this.notifyServices, ...notify])]
    return all.map(
      (service) => html`<label class="choice">
        <input
          type="checkbox"
          .checked=${notify.includes(service)}
          @change=${(event: Event) => {
            const others = notify.filter((one) => one !== service)
            this.#give({ notify: isChecked(event) ? [...others, service] : others })
          }}
        /><span>${serviceName(service)} <span class="quiet small">${service}</span></span>
      </label>`,
    )
  }

  #typedServices() {
    const t = this.guide.ask
    return html`      <input
        type="text"
        .value=${this.answers.notify.join(', ')}
        placeholder="notify.mobile_app_phone"
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        aria-label=${t.notify}
        aria-describedby="notify-hint"
        @change=${(event: Event) => this.#give({ notify: wordsOf(textIn(event)) })}
      />`
  }

  #give(part: Partial<Answers>): void {
    this.#answer({ ...this.answers, ...part })
  }

  #answer(answers: Answers): void {
    this.answers = answers
    this.dispatchEvent(new CustomEvent('answer', { detail: answers }))
  }

  #say(what: 'next' | 'back'): void {
    this.dispatchEvent(new CustomEvent(what))
  }
}

function isChecked({ target }: Event): boolean {
  return target instanceof HTMLInputElement && target.checked
}

function textIn({ target }: Event): string {
  return target instanceof HTMLInputElement ? target.value.trim() : ''
}

function wordsOf(text: string): readonly string[] {
  return text.split(/[\s,;]+/).filter((word) => word !== '')
}

customElements.define('ask-step', AskStep)
