/** Asks the kernel for a packet's way, and a neighbour's state, without sending anything. */
import * as v from 'valibot'
import { familyOf } from '../../model/address.ts'
import { hex } from '../../model/hex.ts'
import type { RouteAnswer, RouteQuestion } from '../../model/host.ts'
import { neighbourEntry, routeEntry } from './ip-json.ts'
import type { Sessions } from './read-host.ts'
import { query } from './read-host.ts'

/** The kernel's words for the error types: unreachable, no route, prohibit, blackhole. */
const noWay = /Network is unreachable|No route to host|Permission denied|Invalid argument/

/** The types that stand in IPv6's answers instead of an error. */
const errorTypes: readonly number[] = [6, 7, 8, 9]

export async function askRoute(question: RouteQuestion, sessions: Sessions): Promise<RouteAnswer> {
  const line = questionText(question)
  const [answer] = await sessions[question.family].run([line])
  if (answer === undefined) throw new Error(`asking \`ip ${line}\`: no answer`)
  if (answer.kind === 'failed') {
    if (noWay.test(answer.error)) return unreachable
    throw new Error(`asking \`ip ${line}\`: ${answer.error}`)
  }
  return answerOf(answer.output, line)
}

/** `state` as iproute2 names it; null where there is no entry. */
export async function askNeighbour(
  address: string,
  options: { readonly link: string; readonly sessions: Sessions },
): Promise<string | null> {
  const session = options.sessions[familyOf(address)]
  try {
    const [entries] = await query(session, [`neigh show to ${address} dev ${options.link}`])
    const entry = v.safeParse(neighbourEntry, entries[0])
    return entry.success ? (entry.output.state[0] ?? null) : null
  } catch (error) {
    // A link that isn't there has no neighbours.
    if (error instanceof Error && /Cannot find device|No such device/.test(error.message)) {
      return null
    }
    throw error
  }
}

const unreachable: RouteAnswer = { nextHop: null, table: 0, source: null }

function questionText(question: RouteQuestion): string {
  const words = [`route get ${question.target}`]
  if (question.from !== undefined) words.push(`from ${question.from}`)
  if (question.incoming !== undefined) words.push(`iif ${question.incoming}`)
  if (question.mark !== undefined) words.push(`mark ${hex(question.mark)}`)
  if (question.sourcePort !== undefined) words.push(`ipproto udp sport ${question.sourcePort}`)
  return words.join(' ')
}

function answerOf(output: string, line: string): RouteAnswer {
  const parsed = v.safeParse(v.array(routeEntry), parseJson(output))
  const entry = parsed.success ? parsed.output[0] : undefined
  if (entry === undefined) throw new Error(`asking \`ip ${line}\`: ${output.slice(0, 200)}`)
  if (errorTypes.includes(entry.type) || entry.dev === undefined) {
    return { ...unreachable, table: entry.table }
  }
  return {
    nextHop: { gateway: entry.gateway ?? entry.via?.host ?? null, link: entry.dev },
    table: entry.table,
    source: entry.prefsrc ?? null,
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
