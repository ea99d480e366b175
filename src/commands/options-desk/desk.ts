/**
 * The options by the page: checked, written, and put back unless somebody says in time that the page
 * is still there. One thing at a time, and nothing half done: what may have to be put back is on the
 * disk before anything is written. It outlives each daemon, and its deadlines outlive the process.
 */
import { createHash } from 'node:crypto'
import type { Clock } from '../../daemon/clock.ts'
import { messageOf } from '../../model/caught-error.ts'
import type { Log } from '../../model/log.ts'
import type {
  OptionsAsWritten,
  OptionsChange,
  OptionsCheck,
  OptionsPage,
} from '../../model/published/options-page.ts'
import type { Settings } from '../../model/settings/settings.ts'
import { isSame } from '../../options/edit/plain-values.ts'
import { hideSecrets, revealSecrets } from '../../options/edit/secrets.ts'
import { writableOptions } from '../../options/edit/tidy-options.ts'
import type { Problem } from '../../options/problem.ts'
import type { OptionsDesk, Written } from '../../web/options-routes.ts'
import { ChangeBook } from './change-book.ts'
import { type Checked, checkOptions, published } from './check-options.ts'
import type { FormTexts } from './form-texts.ts'
import type { OptionsPlace, PlaceRead } from './options-place.ts'
import { conflict, failed, written } from './outcomes.ts'

export interface DeskParts {
  readonly place: OptionsPlace
  /** null: nothing outlives the process. */
  readonly folder: string | null
  readonly form: FormTexts
  readonly clock: Clock
  readonly log: Log
}

/** The daemon of the moment. */
export interface Attendant {
  /** Why this host refuses sound options. */
  readonly refusals: (settings: Settings) => Promise<readonly Problem[]>
  /** What users should know; null: nothing any more. */
  readonly tell: (change: OptionsChange | null) => void
}

type Standing = PlaceRead & { readonly kind: 'ok' }

export class Desk implements OptionsDesk {
  readonly #parts: DeskParts
  readonly #book: ChangeBook
  #attendant: Attendant | null = null
  #busy: Promise<unknown> = Promise.resolve()
  #cancel: () => void = () => {}
  #complained: string | null = null

  constructor(parts: DeskParts) {
    this.#parts = parts
    this.#book = new ChangeBook(parts.folder, parts.log)
    this.#schedule()
  }

  /** Until it is called, nobody else is told. */
  attend(attendant: Attendant): () => void {
    this.#attendant = attendant
    return () => {
      if (this.#attendant === attendant) this.#attendant = null
    }
  }

  /** For a daemon that begins. */
  get change(): OptionsChange | null {
    const { pending, putBack } = this.#book.now
    if (pending === null && putBack === null) return null
    return { confirm_until: pending?.until ?? null, put_back: putBack }
  }

  /** What stands there may go back by itself. */
  get areOnTrial(): boolean {
    const { pending, owed } = this.#book.now
    return pending !== null || owed !== null
  }

  close(): void {
    this.#cancel()
  }

  async read(language: string): Promise<OptionsPage> {
    const { place, form } = this.#parts
    const read = await place.read()
    const { previous } = this.#book.now
    const { confirm_until = null, put_back = null } = this.change ?? {}
    const shown = read.kind === 'ok' ? read : { text: '', options: {}, whyNot: read.reason }
    return {
      writable: shown.whyNot === null,
      why_not: shown.whyNot,
      source: place.source,
      where: place.where,
      version: versionOf(shown.text),
      options: hideSecrets(shown.options),
      form: form.in(language),
      previous: previous === null ? null : { saved: previous.saved },
      confirm_until,
      put_back,
    }
  }

  async check(options: OptionsAsWritten): Promise<OptionsCheck> {
    const read = await this.#parts.place.read()
    const stored = read.kind === 'ok' ? read.options : {}
    const { settings: _, ...check } = await this.#checked(wantedOf(options, stored), stored)
    return check
  }

  write(options: OptionsAsWritten, version: string): Promise<Written> {
    return this.#alone(() => this.#write(options, version))
  }

  confirm(): Promise<Written> {
    return this.#alone(async () => {
      const { pending, putBack } = this.#book.now
      if (pending === null && putBack === null) return conflict('there is nothing to confirm')
      if (pending !== null)
        this.#parts.log.info('the new options stay: they were confirmed on the page')
      this.#note({ pending: null, putBack: null })
      return { kind: 'written', confirmUntil: null }
    })
  }

  restore(): Promise<Written> {
    return this.#alone(async () => {
      if (this.#book.now.previous === null) return conflict('no previous options are kept')
      return this.#exchange('that was asked for on the page', { asked: true })
    })
  }

  /**
   * Puts the previous options back by itself: because nobody has confirmed the new ones, or because
   * they have cost this host something.
   * @param reason to end the sentence "put back because"
   */
  putBack(reason: string): Promise<Written> {
    return this.#alone(() => this.#putBack(reason))
  }

  async #putBack(reason: string): Promise<Written> {
    if (this.#book.now.previous === null) return conflict('no previous options are kept')
    this.#note({ owed: reason, pending: null, putBack: { at: this.#at(0), reason } })
    return this.#exchange(reason, { asked: false })
  }

  async #checked(options: OptionsAsWritten, stored: OptionsAsWritten): Promise<Checked> {
    const checked = checkOptions(options, stored)
    if (checked.settings === null) return checked
    const refused = (await this.#attendant?.refusals(checked.settings)) ?? []
    const objection = await this.#parts.place.objection(options)
    const owners = objection === null ? [] : [objection]
    return { ...checked, problems: [...refused.map(published), ...owners] }
  }

  async #write(given: OptionsAsWritten, version: string): Promise<Written> {
    const { place, log } = this.#parts
    const read = await place.read()
    if (read.kind !== 'ok') return failed(read.reason)
    if (read.whyNot !== null) return failed(read.whyNot)
    if (versionOf(read.text) !== version) {
      return conflict('the options have changed meanwhile: load them anew')
    }
    const options = wantedOf(given, read.options)
    const { problems } = await this.#checked(options, read.options)
    if (problems.length > 0) return { kind: 'wrong', problems }
    const before = this.#book.now
    if (isSame(options, read.options)) return written(before.pending?.until ?? null)
    const edited = place.edit(read.text, options)
    if (edited.kind === 'refused') return failed(`${place.where}: ${edited.reason}`)
    const until = this.#at(confirmMs)
    // Of several that nobody has confirmed, the last confirmed one counts.
    const previous =
      before.pending === null ? { text: textToKeep(read), saved: this.#at(0) } : before.previous
    const pending = { until, version: versionOf(edited.text) }
    const isNoted = this.#note({ previous, pending, owed: null, putBack: null })
    if (!(isNoted && (await this.#book.settled))) {
      this.#note(before)
      return failed('nothing was written, for it could not be put back: the data folder is full')
    }
    const put = await place.put(edited.text)
    if (put.kind === 'failed') {
      this.#note(before)
      return failed(put.reason)
    }
    // Not before the answer: the daemon begins anew, and with it the page's server.
    this.#alone(() => this.#noteVersion(pending)).catch((error: unknown) => {
      log.warn(`the new options can't be read back: ${messageOf(error)}`)
    })
    const seconds = confirmMs / 1000
    log.info(`the page has saved other options; without a word from there they go in ${seconds} s`)
    return written(until)
  }

  /** The owner of the place may have written them in words of its own. */
  async #noteVersion(pending: { readonly until: string }): Promise<void> {
    const read = await this.#parts.place.read()
    if (!isKnown(read)) return
    this.#note({ pending: { until: pending.until, version: versionOf(read.text) } })
  }

  /** The previous ones for those that stand there, which are the previous ones then. */
  async #exchange(reason: string, { asked }: { readonly asked: boolean }): Promise<Written> {
    const { place, log } = this.#parts
    const { previous } = this.#book.now
    if (previous === null) return conflict('no previous options are kept')
    const read = await place.read()
    const put = await (asked ? place.put(previous.text) : place.putBack(previous.text))
    if (put.kind === 'failed') {
      this.#complain(put.reason)
      this.#schedule()
      return failed(put.reason)
    }
    this.#complained = null
    log[asked ? 'info' : 'warn'](`the previous options are back, because ${reason}`)
    const replaced = read.kind === 'ok' ? { text: read.text, saved: this.#at(0) } : null
    const seen = asked ? { putBack: null } : {}
    this.#note({ previous: replaced, pending: null, owed: null, ...seen })
    return written(null)
  }

  /** What is due, or left over from a run before. */
  async #settle(): Promise<void> {
    const { pending, owed } = this.#book.now
    if (owed !== null) {
      await this.#exchange(owed, { asked: false })
      return
    }
    if (pending === null) return
    const read = await this.#parts.place.read()
    if (isKnown(read) && versionOf(read.text) !== pending.version) {
      this.#parts.log.info('the options that nobody confirmed were changed elsewhere: those stay')
      this.#note({ pending: null })
      return
    }
    await this.#putBack(`nobody confirmed the new ones within ${confirmMs / 1000} s`)
  }

  #note(news: Parameters<ChangeBook['note']>[0]): boolean {
    const isKept = this.#book.note(news)
    this.#schedule()
    this.#attendant?.tell(this.change)
    return isKept
  }

  /** A clock that was set back may not make it longer. */
  #schedule(): void {
    const { clock } = this.#parts
    const { pending } = this.#book.now
    this.#cancel()
    if (!this.areOnTrial) return
    const leftMs = pending === null ? retryMs : Date.parse(pending.until) - clock.wallMs()
    const inMs = Math.min(confirmMs, Math.max(0, leftMs))
    this.#cancel = clock.wake(clock.nowMs() + inMs, () => {
      this.#alone(() => this.#settle()).catch((error: unknown) => this.#complain(messageOf(error)))
    })
  }

  #complain(reason: string): void {
    if (reason === this.#complained) return
    this.#complained = reason
    this.#parts.log.error(`the previous options can't be put back: ${reason}`)
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#busy
    const mine = before.then(work)
    this.#busy = mine.catch(() => {})
    return mine
  }

  #at(inMs: number): string {
    return new Date(this.#parts.clock.wallMs() + inMs).toISOString()
  }
}

/** A file that wasn't there can't come back, but what it meant. */
function textToKeep({ text }: Standing): string {
  return text.trim() === '' ? 'wans: []\n' : text
}

function isKnown(read: PlaceRead): read is Standing {
  return read.kind === 'ok' && read.whyNot === null
}

function wantedOf(given: OptionsAsWritten, stored: OptionsAsWritten): OptionsAsWritten {
  return writableOptions(revealSecrets(given, stored), stored)
}

function versionOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

/** Enough to load the page again on a slow line, and little enough to wait in front of it. */
const confirmMs = 60_000
const retryMs = 5_000
