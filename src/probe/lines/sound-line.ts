/**
 * Asks one neighbour, or a link without any, whether it is a line: what it does with packets that
 * aren't for it. Few questions tell whether it passes anything on; only then come the many.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { HeardLine } from '../../model/line-search.ts'
import type { LineAnswer } from '../../model/published/found-line.ts'
import { canonicalPublic, whoAmI } from '../public-address.ts'
import type { DnsHeard, EchoHeard } from './open-questions.ts'
import type { PacketExchange, Way } from './packet-exchange.ts'

export interface Sounded {
  readonly way: Way
  /** null: a link without a gateway. */
  readonly address: string | null
  readonly mac: string | null
  /** It is a gateway by somebody's word: it is asked everything, even if it is silent. */
  readonly known: boolean
}

export interface Asking {
  readonly exchange: PacketExchange
  readonly targets: readonly string[]
  readonly dnsName: string
}

/** null: it passes nothing on, and nobody says that it should. */
export async function soundLine(sounded: Sounded, asking: Asking): Promise<HeardLine | null> {
  const clues = await findClues(sounded, asking)
  if (!sounded.known && !clues.some(isClue)) return null
  const [answers, hops, publicIp] = await Promise.all([
    askTargets(sounded, asking),
    askHops(sounded, asking),
    askPublicIp(sounded, asking),
  ])
  const echoes = [...clues, ...hops.flatMap(({ heard }) => heard)]
  return {
    link: sounded.way.link.name,
    address: sounded.address,
    mac: sounded.mac,
    answered: answers.map(({ answer }) => answer),
    forwards: clues.some(isClue) || answers.length > 0,
    answersFrom: answers.find(({ mac }) => mac !== null && mac !== sounded.mac)?.mac ?? null,
    redirectsTo: echoes.find(({ redirectsTo }) => redirectsTo !== null)?.redirectsTo ?? null,
    hops: withoutEnd(hops.map(({ heard }) => heard.find(({ kind }) => kind === 'expired')?.by)),
    publicIp,
    publicIp6: null,
  }
}

/** The address that the Internet sees of ours, by IPv6. */
export async function askPublicIp6(
  way: Way,
  servers: readonly string[],
  exchange: PacketExchange,
): Promise<string | null> {
  const options = { question: whoAmI, waitMs: answerMs }
  const heard = await Promise.all(servers.map((server) => exchange.ask(way, server, options)))
  return publicOf(heard, 'ipv6')
}

/** What a router does: it lets a packet expire, or passes one on that is answered. */
async function findClues(sounded: Sounded, asking: Asking): Promise<readonly EchoHeard[]> {
  const { way } = sounded
  const { exchange, targets } = asking
  const clues: EchoHeard[] = []
  for (let round = 0; round < screenings; round += 1) {
    const target = targets[round % targets.length] ?? targets[0]
    if (target === undefined) return clues
    const wait = { waitMs: screeningMs }
    const [expiring, echo] = await Promise.all([
      exchange.echo(way, target, { ttl: 1, ...wait }),
      exchange.echo(way, target, { ttl: fullTtl, ...wait }),
    ])
    // To the first router the shortest packet is no further than any other: only errors count.
    clues.push(echo, ...(expiring.kind === 'reply' ? [] : [expiring]))
    if (clues.some(isClue)) return clues
  }
  return clues
}

function isClue({ kind }: EchoHeard): boolean {
  return kind === 'reply' || kind === 'expired' || kind === 'refused'
}

interface TargetAnswer {
  readonly answer: LineAnswer
  readonly mac: string | null
}

async function askTargets(sounded: Sounded, asking: Asking): Promise<readonly TargetAnswer[]> {
  const questions = asking.targets.flatMap((target) => [
    () => askByPing(sounded, asking, target),
    () => askByName(sounded, asking, target),
  ])
  const answers = await Promise.all(
    // One after the other: what is sent at once waits for each other, and counts as slow.
    questions.map((ask, at) => pause(at * betweenMs).then(() => again(ask))),
  )
  return answers.filter((answer) => answer !== null)
}

async function askByPing(
  { way }: Sounded,
  { exchange }: Asking,
  target: string,
): Promise<TargetAnswer | null> {
  const { kind, latencyMs, mac } = await exchange.echo(way, target, {
    ttl: fullTtl,
    waitMs: answerMs,
  })
  return kind === 'reply' ? { answer: answerOf(target, 'icmp', latencyMs), mac } : null
}

/** As the DNS probes count: an address or "no such name" is an answer. */
async function askByName(
  { way }: Sounded,
  { exchange, dnsName }: Asking,
  target: string,
): Promise<TargetAnswer | null> {
  const question = { name: dnsName, type: 'A', class: 'IN' } as const
  const heard = await exchange.ask(way, target, { question, waitMs: answerMs })
  if (heard === null || !['NOERROR', 'NXDOMAIN'].includes(heard.response.code)) return null
  return { answer: answerOf(target, 'dns', heard.latencyMs), mac: heard.mac }
}

function answerOf(target: string, method: LineAnswer['method'], latencyMs: number): LineAnswer {
  return { target, method, latency_ms: Math.round(latencyMs * 10) / 10 }
}

interface Hop {
  readonly heard: readonly EchoHeard[]
}

/** The routers behind it: that of the provider, or another router of this house. */
function askHops({ way }: Sounded, { exchange, targets }: Asking): Promise<readonly Hop[]> {
  const [target] = targets
  if (target === undefined) return Promise.resolve([])
  const all = hopTtls.map(async (ttl) => {
    const heard: EchoHeard[] = []
    for (let attempt = 0; attempt < attempts && !heard.some(isClue); attempt += 1) {
      heard.push(await exchange.echo(way, target, { ttl, waitMs: answerMs }))
    }
    return { heard }
  })
  return Promise.all(all)
}

function withoutEnd(hops: readonly (string | null | undefined)[]): (string | null)[] {
  const last = hops.findLastIndex((hop) => typeof hop === 'string')
  return hops.slice(0, last + 1).map((hop) => hop ?? null)
}

function askPublicIp({ way }: Sounded, { exchange, targets }: Asking): Promise<string | null> {
  return again(async () => {
    const options = { question: whoAmI, waitMs: answerMs }
    const heard = await Promise.all(targets.map((target) => exchange.ask(way, target, options)))
    return publicOf(heard, 'ipv4')
  })
}

function publicOf(heard: readonly (DnsHeard | null)[], family: 'ipv4' | 'ipv6'): string | null {
  const texts = heard.flatMap((one) => one?.response.records ?? [])
  return texts.map((text) => canonicalPublic(family, text)).find((one) => one !== null) ?? null
}

async function again<Value>(ask: () => Promise<Value | null>): Promise<Value | null> {
  return (await ask()) ?? (await ask())
}

const fullTtl = 64
const hopTtls = [2, 3, 4]
const betweenMs = 25
const screenings = 2
const attempts = 2
/** Twice each: a line by radio that rests needs the first to wake up. */
const screeningMs = 750
const answerMs = 850
