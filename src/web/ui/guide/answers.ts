/** What the user answers in the guide, its defaults, and the options that come of it. */
import type { FoundLine } from '../../../model/published/found-line.ts'
import type { OptionsPage } from '../../../model/published/options-page.ts'

export interface Answers {
  /** In order: the main line first. */
  readonly lines: readonly LineChoice[]
  /** Who moves to another line when the main one dies. */
  readonly who: 'house' | 'machine'
  readonly dnsHelp: boolean
  /** Of Home Assistant's notify actions, as written: `notify.mobile_app_phone`. */
  readonly notify: readonly string[]
}

export interface LineChoice {
  /** The found line's; `wan:NAME` for a configured one that the search didn't find. */
  readonly id: string
  readonly use: boolean
  readonly name: string
  readonly metered: boolean
}

export type WrittenOptions = OptionsPage['options']

/** The policy by which only this machine may use the other lines. */
const machinePolicy = 'this_machine'

/** Configured lines keep their order; then the steady before the metered ones. */
export function firstAnswers(lines: readonly FoundLine[], options: WrittenOptions): Answers {
  const wans = recordsOf(options['wans'])
  const known = wans.map((wan) => {
    const line = lines.find((one) => isOf(one, wan))
    const name = nameOf(wan)
    const metered = wan['metered'] === true
    return { id: line?.id ?? `wan:${name}`, use: true, name, metered }
  })
  const fresh = lines.filter(({ id }) => !known.some((one) => one.id === id))
  const steadyFirst = [...fresh].sort((a, b) => rank(a) - rank(b))
  const taken = new Set(known.map(({ name }) => name))
  return {
    lines: [...known, ...steadyFirst.map((line) => choiceOf(line, taken))],
    who: machinePolicyOf(options) === undefined ? 'house' : 'machine',
    dnsHelp: options['dns_rescue'] !== 'off',
    notify: textsOf(options['notify']),
  }
}

/** A dead line and a second way to the same one help nobody. */
export function isWorthUsing({ answered, same_as }: FoundLine): boolean {
  return answered.length > 0 && same_as === null
}

function choiceOf(line: FoundLine, taken: Set<string>): LineChoice {
  const { name, metered } = line.suggested
  const free = freeName(name, taken)
  taken.add(free)
  return { id: line.id, use: isWorthUsing(line), name: free, metered }
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let count = 1; ; count++) {
    const tried = count === 1 ? name : `${name}_${count}`
    if (!taken.has(tried)) return tried
  }
}

function rank({ answered, same_as, suggested }: FoundLine): number {
  return (answered.length === 0 ? 4 : 0) + (same_as === null ? 0 : 2) + (suggested.metered ? 1 : 0)
}

/** One place up or down; the ends stay where they are. */
export function moved(answers: Answers, id: string, by: -1 | 1): Answers {
  const lines = [...answers.lines]
  const from = lines.findIndex((one) => one.id === id)
  const line = lines[from]
  const other = lines[from + by]
  if (line === undefined || other === undefined) return answers
  lines[from + by] = line
  lines[from] = other
  return { ...answers, lines }
}

export function changed(answers: Answers, id: string, change: Partial<LineChoice>): Answers {
  const lines = answers.lines.map((one) => (one.id === id ? { ...one, ...change } : one))
  return { ...answers, lines }
}

export function usedLines({ lines }: Answers): readonly LineChoice[] {
  return lines.filter(({ use }) => use)
}

/** The options as they stand, with what the guide asks for in place of what they said of it. */
export function guidedOptions(
  options: WrittenOptions,
  answers: Answers,
  lines: readonly FoundLine[],
): WrittenOptions {
  const used = usedLines(answers)
  const written = recordsOf(options['wans'])
  const before = (choice: LineChoice) =>
    written.find((wan) => {
      const line = lines.find(({ id }) => id === choice.id)
      return line === undefined ? choice.id === `wan:${nameOf(wan)}` : isOf(line, wan)
    })
  const names = new Map<string, string>()
  for (const choice of used) {
    const wan = before(choice)
    if (wan !== undefined) names.set(nameOf(wan), choice.name)
  }
  const wans = used.map((choice) => entryOf(choice, before(choice), lines))
  return withNotify(
    withDnsHelp(withWho({ ...renamed(options, names), wans }, answers), answers),
    answers,
  )
}

function entryOf(
  { id, name, metered }: LineChoice,
  before: Written | undefined,
  lines: readonly FoundLine[],
): Written {
  const meteredField = metered || before?.['metered'] !== undefined ? { metered } : {}
  if (before !== undefined) return { ...before, name, ...meteredField }
  const suggested = lines.find((line) => line.id === id)?.suggested
  const fields = Object.entries({
    gateway: suggested?.gateway,
    interface: suggested?.interface,
    gateway6: suggested?.gateway6,
  }).filter(([, value]) => value !== null && value !== undefined)
  return { name, ...Object.fromEntries(fields), ...meteredField }
}

/** Whoever might use a line by its old name may use it by its new one; a line that goes, goes. */
function renamed(options: WrittenOptions, names: ReadonlyMap<string, string>): WrittenOptions {
  const translate = (use: readonly string[]): string[] => {
    const left = use.flatMap((one) => (one === 'none' ? [one] : (names.get(one) ?? [])))
    return left.length === 0 ? ['none'] : left
  }
  const inPolicy = (policy: Written): Written =>
    Array.isArray(policy['use']) && policy['use'].length > 0
      ? { ...policy, use: translate(textsOf(policy['use'])) }
      : policy
  const changes: Record<string, unknown> = {}
  if (Array.isArray(options['policies'])) {
    changes['policies'] = recordsOf(options['policies']).map(inPolicy)
  }
  if (isRecord(options['default_policy'])) {
    changes['default_policy'] = inPolicy(options['default_policy'])
  }
  return { ...options, ...changes }
}

function withWho(options: WrittenOptions, answers: Answers): WrittenOptions {
  const names = usedLines(answers).map(({ name }) => name)
  const others = recordsOf(options['policies']).filter((policy) => !isMachinePolicy(policy))
  const isSet = machinePolicyOf(options) !== undefined
  if (answers.who === 'house') {
    if (!isSet) return options
    const { use: _, ...rest } = recordOf(options['default_policy'])
    return { ...options, policies: others, default_policy: rest }
  }
  const policy = { name: machinePolicy, from: ['host'], use: names }
  const rest = recordOf(options['default_policy'])
  return {
    ...options,
    policies: [policy, ...others],
    default_policy: { ...rest, use: names.slice(0, 1) },
  }
}

function withDnsHelp(options: WrittenOptions, { dnsHelp }: Answers): WrittenOptions {
  if (!dnsHelp) return { ...options, dns_rescue: 'off' }
  if (options['dns_rescue'] !== 'off') return options
  const { dns_rescue: _, ...rest } = options
  return rest
}

function withNotify(options: WrittenOptions, { notify }: Answers): WrittenOptions {
  const before = textsOf(options['notify'])
  return before.join() === notify.join() ? options : { ...options, notify }
}

function machinePolicyOf(options: WrittenOptions): Written | undefined {
  return recordsOf(options['policies']).find(isMachinePolicy)
}

function isMachinePolicy(policy: Written): boolean {
  return nameOf(policy) === machinePolicy
}

/** By the daemon's word, or by what stands there: wrong options name no WAN to the daemon. */
function isOf(line: FoundLine, wan: Written): boolean {
  if (line.wan !== null) return line.wan === nameOf(wan)
  const link = wan['interface']
  if (link !== undefined && link !== '' && link !== null && link !== line.interface) return false
  return line.gateway === null ? link === line.interface : wan['gateway'] === line.gateway
}

type Written = Readonly<Record<string, unknown>>

function nameOf(wan: Written): string {
  return typeof wan['name'] === 'string' ? wan['name'] : ''
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

function recordsOf(value: unknown): readonly Written[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}

function recordOf(value: unknown): Written {
  return isRecord(value) ? value : {}
}

function isRecord(value: unknown): value is Written {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
