/**
 * A part of the page: it is given plain values and the user's language, and shows them. This room
 * has what all parts are built from: their base, their styles, their icons, the choice of a few
 * words. Nothing here may know a card, and no part may put data into the page but as text.
 */
import { LitElement } from 'lit'
import { property } from 'lit/decorators/property.js'
import type { Voice } from '../texts/voice.ts'

/** A value from whoever shows the part; as an attribute it would have to be text. */
export const given = property({ attribute: false })

/** A value of the part's own; what is shown follows it too. */
export const own = property({ attribute: false, state: true })

export abstract class PagePart extends LitElement {
  @given voice!: Voice
}
