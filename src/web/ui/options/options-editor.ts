/** The form of all options: what is wrong stands at its field, what changes is shown before it is saved. */
import { html, nothing } from 'lit'
import type { OptionsCheck, OptionsPage } from '../../../model/published/options-page.ts'
import { cardStyles } from '../frame/card-styles.ts'
import { changeViews } from '../frame/changes.ts'
import { differenceStyles, differenceTable } from '../frame/difference-table.ts'
import { icon } from '../frame/icon.ts'
import { given, own, PagePart } from '../frame/page-part.ts'
import { ProblemWords } from '../frame/problem-words.ts'
import { optionsTexts } from '../texts/options/language.ts'
import type { OptionsTexts } from '../texts/options/options-texts.ts'
import { listAt, type Path, pathText, wanNames, withMoved, withValue } from './edited-options.ts'
import type { FormContext, Move } from './form-context.ts'
import { wholeForm } from './form-fields.ts'
import { OptionsSession } from './options-session.ts'
import { optionsStyles } from './options-styles.ts'

export class OptionsEditor extends PagePart {
  /** By the host's clock. */
  @given nowMs!: number
  /** Why nothing may be changed here; null: it may. */
  @given locked!: string | null
  /** Read out, such as where an entry has moved. */
  @own said = ''
  readonly #words = new ProblemWords(this)
  readonly #session = new OptionsSession(this)

  static override styles = [cardStyles, differenceStyles, optionsStyles]

  override connectedCallback(): void {
    super.connectedCallback()
    void this.#session.load(document.documentElement.lang)
  }

  protected override firstUpdated(): void {
    this.#focus('heading')
  }

  protected override render() {
    const t = this.#texts
    const { page, trouble } = this.#session.state
    return html`<section class="card" aria-labelledby="heading">
      <div class="head">
        <h2 id="heading" tabindex="-1">${t.heading}</h2>
        <button type="button" class="plain" @click=${this.#close}>${t.close}</button>
      </div>
      <div role="status">
        ${trouble === null ? nothing : note('bad', t.failed(trouble))}
        <span class="hidden-text">${this.said}</span>
      </div>
      ${page === null ? html`<p class="quiet" role="status">${t.loading}</p>` : this.#content(page)}
    </section>`
  }

  #content(page: OptionsPage) {
    const t = this.#texts
    const { edited, problems, check, isOutdated } = this.#session.state
    const where = page.source === 'supervisor' ? t.inHomeAssistant : page.where
    const context: FormContext = {
      texts: t,
      inOwnWords: (phrase) => this.#words.phrase(phrase, this.voice.formats.language),
      edited,
      problems,
      wans: wanNames(edited),
      change: (path, value) => this.#session.change(withValue(edited, path, value)),
      move: (path, move) => this.#move(path, move),
    }
    return html`<p class="quiet small intro">${t.intro(where)}</p>
      ${page.why_not === null ? nothing : note('notice', t.notWritable(page.why_not))}
      ${this.locked === null ? nothing : note('notice', this.locked)} ${this.#previous(page)}
      <form @submit=${this.#submit} novalidate>
        ${wholeForm(page.form, context)} ${isOutdated ? this.#outdated() : nothing} ${this.#problems()}
        ${check === null ? nothing : this.#review(check, page)}
        ${check === null ? this.#foot(page) : nothing}
      </form>`
  }

  #previous({ previous, confirm_until, writable }: OptionsPage) {
    if (previous === null || confirm_until !== null || !writable) return nothing
    const t = this.#texts
    const when = this.voice.formats.moment(Date.parse(previous.saved), this.nowMs)
    return html`<div class="choices">
      <span class="quiet small">${t.previous(when)}</span>
      <button type="button" class="plain" ?disabled=${this.locked !== null} @click=${this.#restore}>
        ${t.restore}
      </button>
    </div>`
  }

  #outdated() {
    const t = this.#texts
    return html`<div role="alert">
      ${note('notice', t.changedElsewhere)}
      <div class="choices">
        <button type="button" class="plain" @click=${this.#load}>${t.loadAgain}</button>
      </div>
    </div>`
  }

  #problems() {
    const t = this.#texts
    const { problems } = this.#session.state
    if (problems.length === 0) return nothing
    return html`<div class="review" role="alert">
      <h3>${t.problemCount(problems.length)}</h3>
      <ul class="problems">
        ${problems.map(({ path, text }) => {
          const said = this.#words.line(text, this.voice.formats.language)
          const lang = said === null ? 'en' : this.voice.formats.language
          return html`<li>
            ${icon('cross')}<span lang=${lang}>${said ?? text}</span>
            <button type="button" class="link" @click=${() => this.#goTo(path)}>${t.goTo}</button>
          </li>`
        })}
      </ul>
    </div>`
  }

  #review({ difference, warnings }: OptionsCheck, page: OptionsPage) {
    const t = this.#texts
    const { doing } = this.#session.state
    const changes = changeViews(difference, { added: t.nothing, removed: t.nothing })
    const mayNot = this.locked !== null || !page.writable || doing !== 'nothing'
    return html`<div class="review" id="review" tabindex="-1" aria-labelledby="changes">
      <h3 id="changes">${difference.length === 0 ? t.unchanged : t.reviewHeading}</h3>
      ${changes.length === 0 ? nothing : differenceTable(changes, t)}
      ${
        warnings.length === 0
          ? nothing
          : html`<h3>${t.warnings}</h3>
              <div class="notes" lang="en">${warnings.map((text) => note('notice', text))}</div>`
      }
      <div class="choices">
        ${
          difference.length === 0
            ? nothing
            : html`<button type="button" ?disabled=${mayNot} @click=${this.#save}>
                ${doing === 'saving' ? t.saving : t.save}
              </button>`
        }
        <button type="button" class="plain" @click=${() => this.#session.goOn()}>${t.editOn}</button>
      </div>
    </div>`
  }

  #foot(page: OptionsPage) {
    const t = this.#texts
    const isBusy = this.#session.state.doing !== 'nothing'
    const isOff = this.locked !== null || !page.writable || isBusy
    return html`<div class="choices foot">
      <button type="submit" ?disabled=${isOff}>${isBusy ? t.checking : t.review}</button>
    </div>`
  }

  get #texts(): OptionsTexts {
    return optionsTexts(document.documentElement.lang)
  }

  #submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    await this.#session.check()
    await this.updateComplete
    const [first] = this.#session.state.problems
    if (first !== undefined) this.#goTo(first.path)
    else this.#focus('review')
  }

  #save = async (): Promise<void> => {
    if (await this.#session.save()) return this.#close()
    const [first] = this.#session.state.problems
    await this.updateComplete
    if (first !== undefined) this.#goTo(first.path)
  }

  #restore = async (): Promise<void> => {
    if (!(await this.#session.restore())) return
    await this.#load()
    this.said = this.#texts.restored
  }

  #load = async (): Promise<void> => {
    await this.#session.load(document.documentElement.lang)
  }

  #close = (): void => {
    this.dispatchEvent(new CustomEvent('finish'))
  }

  /** The keyboard stays on the entry that moves. */
  #move(path: Path, { from, by, name }: Move): void {
    const { edited } = this.#session.state
    const list = withMoved(listAt(edited, path), from, by)
    this.#session.change(withValue(edited, path, list))
    const to = from + by
    this.said = this.#texts.moved(name, to + 1, list.length)
    const at = pathText([...path, to])
    void this.updateComplete.then(() => {
      this.#focus(by < 0 ? `up ${at}` : `down ${at}`) ||
        this.#focus(by < 0 ? `down ${at}` : `up ${at}`)
    })
  }

  /** The field, or what it stands in: a list that is too short has no input of its own. */
  #goTo(path: string): void {
    for (let at = path; at !== ''; at = at.replace(/(^|\.)[^.[]+$|\[\d+\]$/, '')) {
      if (this.#focus(`field ${at}`) || this.#focus(`add ${at}`)) return
    }
  }

  #focus(id: string): boolean {
    const root = this.renderRoot as ShadowRoot
    const element = root.getElementById(id)
    if (element === null || element.hasAttribute('disabled')) return false
    for (let at = element.parentElement; at !== null; at = at.parentElement) {
      if (at instanceof HTMLDetailsElement) at.open = true
    }
    element.focus()
    return true
  }
}

function note(tone: 'notice' | 'bad', text: string) {
  return html`<p class="note ${tone}">
    ${icon(tone === 'bad' ? 'cross' : 'warning')}<span>${text}</span>
  </p>`
}

customElements.define('options-editor', OptionsEditor)
