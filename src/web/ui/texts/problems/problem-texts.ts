/**
 * What the parser of the options says, and why options were taken back, in a user's language: by the
 * English phrases, in which `{a}` and `{b}` stand for values. A phrase that has no translation stays
 * English.
 */
import { de } from './de.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'

export interface ProblemTexts {
  /** Of `{p}` place, `{f}` found and `{e}` expected. */
  readonly line: string
  /** `{a}`: how many aren't shown. */
  readonly more: string
  /** Before the last of some words. */
  readonly or: string
  readonly phrases: Readonly<Record<string, string>>
}

const tables: Readonly<Record<string, ProblemTexts>> = { de, es, fr }

/** @param language as `de-CH` */
export function problemTexts(language: string): ProblemTexts | null {
  return tables[language.toLowerCase().split('-')[0] ?? ''] ?? null
}

/** `wans[1].gateway: found …, expected …`, or what counts the rest; null: it has no translation. */
export function translateLine(line: string, texts: ProblemTexts): string | null {
  const [, count] = /^and (\d+) more$/.exec(line) ?? []
  if (count !== undefined) return texts.more.replace('{a}', count)
  const [, place, found, expected] = /^(\S.*?): found (.*), expected (.*)$/s.exec(line) ?? []
  if (place === undefined || found === undefined || expected === undefined) {
    return translatePhrase(line, texts)
  }
  const e = translatePhrase(expected, texts)
  if (e === null) return null
  // What YAML's parser finds has its own many words.
  const f = translatePhrase(found, texts) ?? found
  const values: Readonly<Record<string, string>> = { p: place, f, e }
  return texts.line.replaceAll(/\{(\w)\}/g, (_, name: string) => values[name] ?? '')
}

/** What was found or what would be right. Values stay as they are. */
export function translatePhrase(phrase: string, texts: ProblemTexts): string | null {
  const known = texts.phrases[phrase]
  if (known !== undefined) return known
  if (isValue(phrase)) return phrase
  if (/^[\w-]+(, [\w-]+)* or [\w-]+$/.test(phrase))
    return phrase.replace(/ or (?=\S+$)/, ` ${texts.or} `)
  for (const [english, other] of Object.entries(texts.phrases)) {
    if (!english.includes('{')) continue
    const values = patternOf(english).exec(phrase)?.groups
    if (values === undefined) continue
    return other.replaceAll(/\{(\w)\}/g, (_, name: string) => {
      const value = values[name] ?? ''
      return translatePhrase(value, texts) ?? value
    })
  }
  return null
}

/** A text in quotes, a number, true or false: as the user wrote it. */
function isValue(phrase: string): boolean {
  return /^("(\\.|[^"\\])*"|-?[\d.]+(e[+-]?\d+)?|true|false)$/.test(phrase)
}

function patternOf(english: string): RegExp {
  const escaped = english.replaceAll(/[.*+?^$()[\]|\\/]/g, String.raw`\$&`)
  return new RegExp(`^${escaped.replaceAll(/\{(\w)\}/g, '(?<$1>.+?)')}$`, 's')
}
