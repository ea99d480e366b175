/**
 * The paths as a picture: the house, its lines, the Internet; the line in use flows. It must never
 * show anything by colour or motion alone: shapes and words say the same.
 */
import { css, html, nothing, type PropertyValues, svg } from 'lit'
import { cardStyles } from '../frame/card-styles.ts'
import { icon } from '../frame/icon.ts'
import { given, own, PagePart } from '../frame/page-part.ts'
import { type Box, type PictureBoxes, type PictureLine, pictureLines } from './picture-lines.ts'
import { pictureStyles } from './picture-styles.ts'
import { wanCard } from './wan-card.ts'
import { wanCardStyles } from './wan-card-styles.ts'
import type { WanView } from './wan-views.ts'

/** From this width the picture runs from left to right. */
const acrossFromPx = 760

export class WanPicture extends PagePart {
  @given wans: readonly WanView[] = []
  /** In place of its own. */
  @given heading: string | null = null
  @own lines: readonly PictureLine[] = []
  @own across = true

  static override styles = [
    cardStyles,
    pictureStyles,
    wanCardStyles,
    css`
      h2 {
        margin-bottom: 16px;
      }
    `,
  ]

  readonly #sizes = new ResizeObserver(() => this.#measure())

  override connectedCallback(): void {
    super.connectedCallback()
    this.#sizes.observe(this)
  }

  override disconnectedCallback(): void {
    this.#sizes.disconnect()
    super.disconnectedCallback()
  }

  protected override render() {
    const t = this.voice.texts.picture
    const online = this.wans.some(({ inUse, state }) => inUse && state !== 'down')
    return html`<section class="card" aria-labelledby="lines">
      <h2 id="lines">${this.heading ?? t.heading}</h2>
      <div class="picture ${this.across ? 'across' : 'down'}">
        ${this.#drawing()}
        <div class="end house"><span class="disc">${icon('house')}</span>${t.home}</div>
        <ul class="wans">
          ${this.wans.map((wan) => wanCard(wan, this.voice))}
        </ul>
        <div class="end internet ${online ? 'reached' : ''}">
          <span class="disc">${icon('globe')}</span>${t.internet}
        </div>
      </div>
    </section>`
  }

  #drawing() {
    // The line in use is drawn last, above the rails that it shares with others.
    const drawn = this.wans
      .map((wan, index) => ({ wan, line: this.lines[index] }))
      .sort((a, b) => Number(a.wan.flows) - Number(b.wan.flows))
    return html`<svg class="lines" aria-hidden="true" focusable="false">
      ${drawn.map(({ wan, line }) => (line === undefined ? nothing : drawLine(wan, line)))}
    </svg>`
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('wans') || changed.has('across')) {
      for (const card of this.renderRoot.querySelectorAll('.wan')) this.#sizes.observe(card)
      this.#measure()
    }
  }

  #measure(): void {
    const picture = this.renderRoot.querySelector('.picture')
    const house = this.renderRoot.querySelector('.house .disc')
    const internet = this.renderRoot.querySelector('.internet .disc')
    if (picture === null || house === null || internet === null) return
    const origin = picture.getBoundingClientRect()
    this.across = origin.width >= acrossFromPx
    const boxes: PictureBoxes = {
      house: boxOf(house, origin),
      internet: boxOf(internet, origin),
      cards: [...this.renderRoot.querySelectorAll('.wan')].map((card) => boxOf(card, origin)),
    }
    const names = this.wans.map(({ name }) => name)
    const rides = this.wans.map(
      ({ tunnel }) => tunnel?.rides.map((line) => names.indexOf(line)) ?? null,
    )
    const lines = pictureLines(boxes, this.across, rides)
    if (JSON.stringify(lines) !== JSON.stringify(this.lines)) this.lines = lines
  }
}

function drawLine({ state, inUse, flows }: WanView, line: PictureLine) {
  const { toWan, toInternet, middle, rides } = line
  const kind = (used: boolean) => `line ${state} ${used ? 'in-use' : ''}`
  const onward = rides ?? [toInternet]
  const broken = state === 'down' || state === 'disabled'
  const cross = `M${middle.x - 5} ${middle.y - 5} l10 10 m0 -10 l-10 10`
  return svg`
    <path class="${kind(inUse)}" d=${toWan}></path>
    ${onward.map((path) => svg`<path class="${kind(flows)} ${broken ? 'broken' : ''}" d=${path}></path>`)}
    ${
      flows && !broken
        ? [...(inUse ? [toWan] : []), ...onward].map(
            (path) => svg`<path class="flow" d=${path}></path>`,
          )
        : nothing
    }
    ${
      broken
        ? svg`<circle class="break" cx=${middle.x} cy=${middle.y} r="11"></circle>
            <path class="cross" d=${cross}></path>`
        : nothing
    }`
}

function boxOf(element: Element, origin: DOMRect): Box {
  const { left, top, width, height } = element.getBoundingClientRect()
  return { left: left - origin.left, top: top - origin.top, width, height }
}

customElements.define('wan-picture', WanPicture)
