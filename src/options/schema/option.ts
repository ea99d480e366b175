/**
 * The building blocks of the option schemas. An option is read, not just checked: a reader turns
 * what stands in the file into its canonical form, or refuses it; then `expected` is what the
 * user is told. Valibot walks the lists and mappings and collects every refusal with its path.
 */
import * as v from 'valibot'

/** An option whose value, once read, is a `T`. */
export type Option<T> = v.GenericSchema<unknown, T>

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
  return textOption(inWords(words), (text) => words.find((word) => word === text))
}

export const flag: Option<boolean> = option('true or false', (found) =>
  typeof found === 'boolean' ? found : undefined,
)

export function wholeNumber(first: number, last: number): Option<number> {
  return option(`a whole number from ${first} to ${last}`, (found) =>
    Number.isInteger(found) ? inRange(found, first, last) : undefined,
  )
}

/** A number that may have decimals; `what` names it, as in `seconds`. */
export function decimalNumber(what: string, first: number, last: number): Option<number> {
  return option(`${what} from ${first} to ${last}`, (found) => inRange(found, first, last))
}

/** At most `limit` entries; each is read by `entry`. */
export function list<T>(
  entry: Option<T>,
  { limit, expected }: { limit: number; expected: string },
): Option<readonly T[]> {
  return v.pipe(
    v.custom<unknown[]>(Array.isArray, expected),
    v.maxLength(limit, `at most ${limit} entries`),
    v.array(entry),
  )
}

/** Exactly these keys. Any other is refused by an issue of type `never` that names the known. */
export function mapping<E extends Entries>(expected: string, entries: E): Option<Mapping<E>> {
  const schema = v.pipe(
    v.custom<object>(isMapping, expected),
    v.objectWithRest(entries, v.never(Object.keys(entries).join(', '))),
  )
  // The rest is refused, so what comes out has these keys only; Valibot's type says `never` there.
  return schema as unknown as Option<Mapping<E>>
}

/** Must be given. Left out, null and a form's field without more than blanks are nothing. */
export function required<T>(wanted: Option<T>): Option<T> {
  return v.optional(v.pipe(v.unknown(), v.transform(blankToNothing), wanted), null)
}

/** Left out, null or blank: the default, written as a user would write it. */
export function optional<T>(wanted: Option<T>, byDefault: NonNullable<unknown>): Option<T> {
  return required(v.optional(wanted, byDefault) as Option<T>)
}

/** Left out, null or blank: undefined. */
export function maybe<T>(wanted: Option<T>): Option<T | undefined> {
  return required(v.optional(wanted))
}

/** `a, b or c`. */
export function inWords(words: readonly string[], joint: 'or' | 'and' = 'or'): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${joint} ${last}`
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
