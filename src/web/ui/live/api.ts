/** Requests to the daemon. Every address is relative: behind ingress the page has another path. */
import { messageOf } from '../../../model/caught-error.ts'
import type { ExplainedCase } from '../../../model/published/explanation.ts'
import type { HistoryAnswer } from '../../../model/published/history.ts'
import type { Setup } from '../../../model/published/setup.ts'
import type { Snapshot } from '../../../model/published/snapshot.ts'
import { commandPaths, type PageCommand } from '../../page-commands.ts'
import { forgetKey, keptKey } from './command-key.ts'
import { type HistoryRange, rangeMs } from './history-range.ts'

/** Server and page are built together, so the page trusts the answers. */
export type Answer<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | {
      readonly kind: 'failed'
      readonly reason: string
      /** Of HTTP; null: there was no answer. */
      readonly status: number | null
    }

const timeoutMs = 10_000

export function getState(): Promise<Answer<Snapshot>> {
  return ask('api/state')
}

export function getSetup(): Promise<Answer<Setup>> {
  return ask('api/setup')
}

/** Of the time up to now. */
export function getHistory(range: HistoryRange, nowMs: number): Promise<Answer<HistoryAnswer>> {
  return ask(`api/history?from=${Math.round(nowMs - rangeMs[range])}&to=${Math.round(nowMs)}`)
}

export function getExplanation(
  from: string,
  to: string,
): Promise<Answer<{ from: string; to: string; answers: readonly ExplainedCase[] }>> {
  const query = new URLSearchParams(to === '' ? { from } : { from, to })
  return ask(`api/explain?${query}`)
}

/** The outcome appears in the state, not here. */
export function send({ kind, ...body }: PageCommand): Promise<Answer<unknown>> {
  return post(`api/${commandPaths[kind]}`, body)
}

export function post<Value>(path: string, body: object): Promise<Answer<Value>> {
  return ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...keyHeader() },
    body: JSON.stringify(body),
  })
}

/** What not everyone on the host may read. */
export function askByKey<Value>(path: string): Promise<Answer<Value>> {
  return ask(path, { headers: keyHeader() })
}

function keyHeader(): Readonly<Record<string, string>> {
  const key = keptKey()
  return key === null ? {} : { authorization: `Bearer ${key}` }
}

export async function ask<Value>(path: string, init: RequestInit = {}): Promise<Answer<Value>> {
  try {
    const response = await fetch(path, { ...init, signal: AbortSignal.timeout(timeoutMs) })
    const body: unknown = await response.json().catch(() => null)
    if (response.ok) return { kind: 'ok', value: body as Value }
    if (response.status === 401) forgetKey()
    const { status, statusText } = response
    const reason = (body as { error?: unknown } | null)?.error
    return { kind: 'failed', status, reason: typeof reason === 'string' ? reason : statusText }
  } catch (error) {
    return { kind: 'failed', status: null, reason: messageOf(error) }
  }
}
