/**
 * A part of the page: it gets plain values and the user's language, and shows them. This folder
 * has what all parts are built from: their base, their styles, their icons, the choice of a few
 * words. Nothing here may know a card, and a part may put data into the page only as text.
 */
import { LitElement } from 'lit'
import { property } from 'lit/decorators/property.js'
import type { Voice } from '../texts/voice.ts'

/** A value from the part's parent; an attribute would have to be text. */
export const given = property({ attribute: false })

/** A value of the part's own; a change updates the part too. */
export const own = property({ attribute: false, state: true })

export abstract class PagePart extends LitElement {
  @given voice!: Voice
}
