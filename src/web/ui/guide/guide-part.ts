/**
 * A part of the guide. This folder is the page's first view where nothing is set up yet: it finds
 * lines, asks a few questions, has the options checked and written, and watches a test. It must
 * never write options that weren't shown before, and never answer for the user.
 */
import { given, PagePart } from '../frame/page-part.ts'
import type { GuideTexts } from '../texts/guide/guide-texts.ts'

export abstract class GuidePart extends PagePart {
  @given guide!: GuideTexts
}
