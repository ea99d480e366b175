/**
 * The building blocks of the option schemas. An option is read, not just checked: a reader turns
 * what stands in the file into its canonical form, or refuses it; then `expected` is what the
 * user is told. Valibot walks the lists and mappings and collects every refusal with its path.
 */
import * as v from 'valibot'

/** An option whose value, once read, is a `T`. */
export type Option<T> = v.GenericSchema<unknown, T>

/** What a form has to know of an option, beside its words. */
export type Shape =
  /** `names`: a WAN of these options is meant, or none. */
  | { readonly kind: 'text'; readonly names: 'wans' | null }
  | { readonly kind: 'secret' }
  | { readonly kind: 'flag' }
  | {
      readonly kind: 'number'
      readonly first: number
      readonly last: number
      readonly whole: boolean
    }
  | { readonly kind: 'choice'; readonly words: readonly string[] }
  | { readonly kind: 'list'; readonly entry: Option<unknown>; readonly limit: number }
  | { readonly kind: 'mapping'; readonly entries: Entries }

export interface Described {
  readonly shape: Shape
  readonly required: boolean
  /** As a user would write it; undefined: there is none. */
  readonly byDefault: unknown
}

/** What the builders below have noted; a text where they have noted nothing. */
export function describedOf(wanted: Option<unknown>): Described {
  const noted: Partial<Described> = v.getMetadata(wanted)
  return { ...plainText, ...noted }
}

/** The same option with another shape, for one that only its reader knows. */
export function shaped<T>(wanted: Option<T>, shape: Shape): Option<T> {
  return noted(wanted, { shape })
}

type Entries = Readonly<Record<string, Option<unknown>>>

type Mapping<E extends Entries> = { readonly [K in keyof E]: v.InferOutput<E[K]> }

/**
 * @param expected what would be right, to end the sentence "expected …"; a function may look at
 *   what stands there to give a better hint
 * @param read the canonical value, or undefined where the value is refused
 */
export function option<T extends NonNullable<unknown>>(
  expected: string | ((found: unknown) => string),
  read: (found: unknown) => T | undefined,
): Option<T> {
  return v.pipe(
    v.unknown(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const found = dataset.value
      const value = read(found)
      if (value !== undefined) return value
      addIssue({ message: typeof expected === 'string' ? expected : expected(found) })
      return NEVER
    }),
  )
}

/** As `option`, for what is written as text. Blanks around it don't count. */
export function textOption<T extends NonNullable<unknown>>(
  expected: string | ((found: unknown) => string),
  read: (text: string) => T | undefined,
): Option<T> {
  return option(expected, (found) => (typeof found === 'string' ? read(found.trim()) : undefined))
}

/** One of a few words. */
export function choice<const T extends string>(words: readonly T[]): Option<T> {
  const wanted = textOption(inWords(words), (text) => words.find((word) => word === text))
  return shaped(wanted, { kind: 'choice', words })
}

/** True or false. */
export function flagOption(expected: string | ((found: unknown) => string)): Option<boolean> {
  const read = (found: unknown) => (typeof found === 'boolean' ? found : undefined)
  return shaped(option(expected, read), { kind: 'flag' })
}

export const flag = flagOption('true or false')

export function wholeNumber(first: number, last: number): Option<number> {
  const wanted = option(`a whole number from ${first} to ${last}`, (found) =>
    Number.isInteger(found) ? inRange(found, first, last) : undefined,
  )
  return shaped(wanted, { kind: 'number', first, last, whole: true })
}

/** A number that may have decimals; `what` names it, as in `seconds`. */
export function decimalNumber(what: string, first: number, last: number): Option<number> {
  const wanted = option(`${what} from ${first} to ${last}`, (found) => inRange(found, first, last))
  return shaped(wanted, { kind: 'number', first, last, whole: false })
}

/** At most `limit` entries; each is read by `entry`. */
export function list<T>(
  entry: Option<T>,
  { limit, expected }: { limit: number; expected: string },
): Option<readonly T[]> {
  const wanted = v.pipe(
    v.custom<unknown[]>(Array.isArray, expected),
    v.maxLength(limit, `at most ${limit} entries`),
    v.array(entry),
  )
  return shaped(wanted as Option<readonly T[]>, { kind: 'list', entry, limit })
}

/** Exactly these keys. Any other is refused by an issue of type `never` that names the known. */
export function mapping<E extends Entries>(expected: string, entries: E): Option<Mapping<E>> {
  const schema = v.pipe(
    v.custom<object>(isMapping, expected),
    v.objectWithRest(entries, v.never(Object.keys(entries).join(', '))),
  )
  // The rest is refused, so what comes out has these keys only; Valibot's type says `never` there.
  return shaped(schema as unknown as Option<Mapping<E>>, { kind: 'mapping', entries })
}

/** Must be given. Left out, null and a form's field without more than blanks are nothing. */
export function required<T>(wanted: Option<T>): Option<T> {
  return unlessBlank(wanted, { ...describedOf(wanted), required: true })
}

/** Left out, null or blank: the default, written as a user would write it. */
export function optional<T>(wanted: Option<T>, byDefault: NonNullable<unknown>): Option<T> {
  const { shape } = describedOf(wanted)
  const filled = v.optional(wanted, byDefault) as Option<T>
  return unlessBlank(filled, { shape, required: false, byDefault })
}

/** Left out, null or blank: undefined. */
export function maybe<T>(wanted: Option<T>): Option<T | undefined> {
  return unlessBlank(v.optional(wanted), { ...describedOf(wanted), required: false })
}

/** `a, b or c`. */
export function inWords(words: readonly string[], joint: 'or' | 'and' = 'or'): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${joint} ${last}`
}

const plainText: Described = {
  shape: { kind: 'text', names: null },
  required: false,
  byDefault: undefined,
}

function unlessBlank<T>(wanted: Option<T>, described: Described): Option<T> {
  const given = v.optional(v.pipe(v.unknown(), v.transform(blankToNothing), wanted), null)
  return noted(given, described)
}

/** Valibot keeps such notes with the schema; they change nothing of what it takes. */
function noted<T>(wanted: Option<T>, notes: Partial<Described>): Option<T> {
  return v.pipe(wanted, v.metadata({ ...notes }))
}

function isMapping(found: unknown): boolean {
  return typeof found === 'object' && found !== null && !Array.isArray(found)
}

function blankToNothing(found: unknown): unknown {
  const isBlank = found === null || (typeof found === 'string' && found.trim() === '')
  return isBlank ? undefined : found
}

function inRange(found: unknown, first: number, last: number): number | undefined {
  return typeof found === 'number' && found >= first && found <= last ? found : undefined
}
