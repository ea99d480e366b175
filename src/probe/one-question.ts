import type { Family } from '../model/address.ts'
import { probeMark } from '../model/marks.ts'
import { checkMarks } from './sockets/mark-check.ts'

export interface OneQuestion {
  readonly wan: number
  readonly family: Family
  readonly target: string
  readonly timeoutMs: number
}

export type OneAnswer =
  | { readonly kind: 'alive'; readonly rttMs: number }
  | { readonly kind: 'silent'; readonly reason: string }

/**
 * Pings a target once through a WAN, for a command that runs and ends: it starts ping(8), which
 * would cost too much every second. Where ping can't set the mark it only warns, and then asks by
 * another WAN; so the mark is checked first.
 */
export async function askOnce(question: OneQuestion): Promise<OneAnswer> {
  const mark = probeMark(question.wan)
  const marks = checkMarks(mark)
  if (marks.kind === 'not_settable') return { kind: 'silent', reason: marks.reason }
  const seconds = Math.max(1, Math.ceil(question.timeoutMs / 1000))
  try {
    // The daemon, which never asks like this, shall not hold it in memory.
    const { default: ping } = await import('ping')
    const answer = await ping.promise.probe(question.target, {
      v6: question.family === 'ipv6',
      timeout: seconds,
      deadline: seconds,
      extra: ['-m', String(mark)],
    })
    if (answer.alive) return { kind: 'alive', rttMs: Number(answer.time) }
    return { kind: 'silent', reason: reasonIn(answer.output) }
  } catch (error) {
    const why = error instanceof Error ? error.message.trim() : String(error)
    return { kind: 'silent', reason: `can't run ping: ${why}` }
  }
}

/** ping's own words where it has some: `ping: connect: …`, `From 192.168.0.1 icmp_seq=1 …`. */
function reasonIn(output: string): string {
  for (const line of output.split('\n')) {
    const [, own, from, theirs] =
      /^(?:ping: (.+)|From (\S+) icmp_seq=\d+ (.+))$/i.exec(line.trim()) ?? []
    const said = own ?? (from === undefined ? undefined : `${from} says: ${theirs}`)
    if (said !== undefined) return said.slice(0, longestReason)
  }
  return 'no answer'
}

const longestReason = 120
