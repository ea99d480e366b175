/** Requests to the page, checked once: bodies and queries to values, or what is wrong. Pure. */
import { isIP } from 'node:net'
import * as v from 'valibot'
import { familyNames } from '../model/address.ts'
import { longestRangeMs } from './history/slots.ts'
import type { PageCommand } from './page-commands.ts'

export type Read<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'wrong'; readonly error: string }

/** The names in the options, which a request may use. */
export interface Known {
  readonly wans: readonly string[]
  /** The first of each family stands in for a destination that the request leaves out. */
  readonly targets: readonly string[]
}

/** @param body the text of a JSON object, as `{"on": true}` */
export function readCommand(
  kind: PageCommand['kind'],
  body: string,
  { wans }: Known,
): Read<PageCommand> {
  switch (kind) {
    case 'set_test':
    case 'set_rest': {
      const on = v.boolean('true or false')
      const read = readBody(body, v.strictObject({ on }), '{"on": true}')
      return read.kind === 'ok' ? ok({ kind, ...read.value }) : read
    }
    case 'set_mode': {
      const modes = ['automatic', ...wans]
      const mode = v.picklist(modes, modes.join(', '))
      const read = readBody(body, v.strictObject({ mode }), '{"mode": "automatic"}')
      return read.kind === 'ok' ? ok({ kind, ...read.value }) : read
    }
    case 'fail_back': {
      const read = readBody(body, v.strictObject({}), '{}')
      return read.kind === 'ok' ? ok({ kind }) : read
    }
  }
}

export interface Range {
  readonly fromMs: number
  readonly toMs: number
}

export function readRange(query: Readonly<Record<string, string>>): Read<Range> {
  for (const name of ['from', 'to']) {
    const text = query[name] ?? ''
    if (!/^\d{1,15}$/.test(text)) {
      return wrong(name, text, `milliseconds since 1970, as ${name}=1795255200000`)
    }
  }
  const [fromMs, toMs] = [Number(query['from']), Number(query['to'])]
  if (toMs <= fromMs) return wrong('to', query['to'], 'a time later than from')
  if (toMs - fromMs > longestRangeMs) return wrong('to', query['to'], 'at most 31 days after from')
  return ok({ fromMs, toMs })
}

export interface ReportQuestion {
  /** As `2026-11`. */
  readonly month: string
  readonly format: 'json' | 'csv'
}

export function readReportQuestion(query: Readonly<Record<string, string>>): Read<ReportQuestion> {
  const { month = '', format = 'json' } = query
  if (!/^20\d\d-(0[1-9]|1[0-2])$/.test(month)) {
    return wrong('month', month, 'a month, as month=2026-11')
  }
  if (format !== 'json' && format !== 'csv') return wrong('format', format, 'json or csv')
  return ok({ month, format })
}

export interface WayQuestion {
  readonly family: 'ipv4' | 'ipv6'
  readonly from: string
  readonly to: string
}

export function readWayQuestion(
  query: Readonly<Record<string, string>>,
  { targets }: Known,
): Read<WayQuestion> {
  const { from = '' } = query
  const version = isIP(from)
  if (version === 0) return wrong('from', from, 'an address, as from=192.168.0.50')
  const { to = targets.find((target) => isIP(target) === version) ?? '' } = query
  const family = version === 6 ? 'ipv6' : 'ipv4'
  if (isIP(to) !== version) return wrong('to', to, `an ${familyNames[family]} address like from`)
  return ok({ family, from, to })
}

function readBody<T>(text: string, schema: v.GenericSchema<unknown, T>, example: string): Read<T> {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    // The parser's message names positions in a text that nobody has seen.
    return wrong('the body', text, `JSON like ${example}`)
  }
  // Valibot takes a list for an object without keys.
  if (Array.isArray(body)) return wrong('the body', text, `an object like ${example}`)
  const parsed = v.safeParse(schema, body)
  if (parsed.success) return ok(parsed.output)
  const [issue] = parsed.issues
  const path = v.getDotPath(issue)
  if (path === null) return wrong('the body', text, `an object like ${example}`)
  // Only an unknown or missing key has the library's own message.
  const expected = issue.type === 'strict_object' ? `an object like ${example}` : issue.message
  const found = issue.received === 'undefined' ? 'nothing' : bounded(issue.received)
  return { kind: 'wrong', error: `${path}: found ${found}, expected ${expected}` }
}

function ok<T>(value: T): Read<T> {
  return { kind: 'ok', value }
}

function wrong(where: string, found: string | undefined, expected: string): Read<never> {
  const what = found === undefined || found === '' ? 'nothing' : bounded(JSON.stringify(found))
  return { kind: 'wrong', error: `${where}: found ${what}, expected ${expected}` }
}

function bounded(text: string): string {
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text
}

const maxShown = 80
