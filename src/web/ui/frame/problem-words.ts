/** What is wrong with the options in the user's words, once their file is there: few ever need it. */
import type { ReactiveControllerHost } from 'lit'
import { LaterFile } from './later-file.ts'

type Words = typeof import('../texts/problems/problem-texts.ts')

export class ProblemWords {
  readonly #file: LaterFile
  #words: Words | null = null

  constructor(host: Pick<ReactiveControllerHost, 'requestUpdate'>) {
    this.#file = new LaterFile(host, async () => {
      this.#words = await import('../texts/problems/problem-texts.ts')
    })
  }

  /** A whole line; null: it stays English. */
  line(line: string, language: string): string | null {
    return this.#in(language, (words, texts) => words.translateLine(line, texts))
  }

  /** What was found, or what would be right; null: it stays English. */
  phrase(phrase: string, language: string): string | null {
    return this.#in(language, (words, texts) => words.translatePhrase(phrase, texts))
  }

  #in<T>(
    language: string,
    say: (words: Words, texts: NonNullable<ReturnType<Words['problemTexts']>>) => T | null,
  ): T | null {
    this.#file.want()
    const texts = this.#words?.problemTexts(language) ?? null
    return this.#words === null || texts === null ? null : say(this.#words, texts)
  }
}
