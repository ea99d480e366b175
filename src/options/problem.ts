/** What is wrong with an option: where, what stands there, what would be right. */

export interface Problem {
  /** As in `wans[1].gateway`; `line 3, column 5` where the text itself can't be read. */
  readonly path: string
  /** What stands there, shortened, without secrets. */
  readonly found: string
  /** What would be right. */
  readonly expected: string
}

/** A path through lists and mappings, outermost first. */
export type PathKeys = readonly (string | number)[]

/** How many problems are printed; the rest is counted. A file that bad has one cause. */
const maxLines = 50

const maxFoundLength = 60

const maxKeyLength = 40

/** One line for a user: `wans[1].gateway: found "fe80::1", expected an IPv4 address`. */
export function formatProblem(problem: Problem): string {
  return `${problem.path}: found ${problem.found}, expected ${problem.expected}`
}

/** A line for each problem, at most fifty of them and a last one that counts the others. */
export function formatProblems(problems: readonly Problem[]): string[] {
  const lines = problems.slice(0, maxLines).map(formatProblem)
  const left = problems.length - lines.length
  return left === 0 ? lines : [...lines, `and ${left} more`]
}

/** `['wans', 1, 'gateway']` as `wans[1].gateway`. */
export function formatPath(keys: PathKeys): string {
  let path = ''
  for (const key of keys) {
    if (typeof key === 'number') path += `[${key}]`
    else path += `${path === '' ? '' : '.'}${formatKey(key)}`
  }
  return path === '' ? 'options' : path
}

/**
 * What stands at a place, in one short line. Lists and mappings are described by their size and
 * keys, since a value inside may be a secret; so is what stands in `mqtt` or for
 * a tunnel where it is no mapping.
 */
export function describeFound(value: unknown, keys: PathKeys): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return describeList(value)
  if (typeof value === 'object') return describeMapping(value)
  if (isSecret(keys)) return `a hidden ${typeof value}`
  return typeof value === 'string' ? quote(value) : String(value)
}

function describeList(list: readonly unknown[]): string {
  if (list.length === 0) return 'an empty list'
  return `a list with ${list.length} ${list.length === 1 ? 'entry' : 'entries'}`
}

function describeMapping(mapping: object): string {
  const keys = Object.keys(mapping)
  if (keys.length === 0) return 'an empty mapping'
  return shorten(`a mapping with ${keys.slice(0, 10).map(formatKey).join(', ')}`)
}

function isSecret(keys: PathKeys): boolean {
  const [section, ...inner] = keys
  if (section === 'tunnels') return inner.length < 2 || secretsOfTunnels.includes(inner[1] ?? '')
  const secret = section === 'mqtt' ? 'password' : section === 'web' ? 'token' : undefined
  return secret !== undefined && (inner.length === 0 || inner[0] === secret)
}

const secretsOfTunnels: readonly (string | number)[] = ['invitation', 'private_key', 'password']

function formatKey(key: string): string {
  const short = key.length <= maxKeyLength ? key : `${key.slice(0, maxKeyLength - 1)}…`
  return /^[\w-]+…?$/.test(short) ? short : JSON.stringify(short)
}

function quote(text: string): string {
  // JSON's escapes keep line breaks and control characters out of the log.
  return JSON.stringify(shorten(text))
}

function shorten(text: string): string {
  return text.length <= maxFoundLength ? text : `${text.slice(0, maxFoundLength - 1)}…`
}
