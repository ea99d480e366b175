/**
 * What a line does that isn't dead: losses, bursts, spikes, each from a seed. Nobody may be called
 * down for any of it. Pure: the times are virtual.
 */
import type { ProbeRequest } from '../../../../src/model/probe.ts'
import type { Fate, Playing } from '../../../health/virtual-line.ts'
import { Random } from '../../../random.ts'

export interface Weather {
  readonly name: string
  /** Of an answer that does come, there and back. */
  readonly longestMs: number
  /** A line of its own for each seed. Its calls come in the order of time. */
  readonly play: (seed: number) => Playing
}

/** There and back; a real line is never twice the same. */
const pathMs = { shortest: 18, longest: 24 }
/** What passes is over before the next comes, and probes of every kind meet it. */
const pauseMs = { shortest: 10_000, longest: 30_000 }
/** Of its pings; what limits them is the target's, not the line's. */
const limitedLoss = 0.7
const spikeMs = { shortest: 200, longest: 700 }
const usual = { longestMs: pathMs.longest }
const spiky = { longestMs: pathMs.longest + spikeMs.longest }

/** What one kind of weather makes of a probe that would be answered after so long; null: nothing. */
type Effect = (request: ProbeRequest, nowMs: number, afterMs: number) => number | null
type Kind = (random: Random) => Effect

interface Passing {
  readonly forMs: number
  readonly kind: Kind
}

const burst: Passing = { forMs: 400, kind: () => () => null }
const partialBurst: Passing = { forMs: 1_000, kind: loses(0.5) }
const spike: Passing = {
  forMs: 1_000,
  kind: (random) => (_request, _nowMs, afterMs) =>
    afterMs + random.between(spikeMs.shortest, spikeMs.longest),
}

export const fair: Weather = { ...usual, name: 'fair', play: (seed) => inOrder(seed, []) }

/** All at once, but what passes comes by turns: two at a time would be a worse one. */
export const stormy: Weather = {
  ...spiky,
  name: '3 % loss, bursts of 0.4 s, partial ones of 1 s, spikes, a target that limits pings',
  play: (seed) => inOrder(seed, [loses(0.03), passing(burst, partialBurst, spike), limits]),
}

export const weathers: readonly Weather[] = [
  fair,
  { ...usual, name: '3 % loss', play: (seed) => inOrder(seed, [loses(0.03)]) },
  { ...usual, name: '5 % loss', play: (seed) => inOrder(seed, [loses(0.05)]) },
  { ...usual, name: 'total bursts of 0.4 s', play: (seed) => inOrder(seed, [passing(burst)]) },
  {
    ...usual,
    name: 'partial bursts of 1 s, half lost',
    play: (seed) => inOrder(seed, [passing(partialBurst)]),
  },
  {
    ...spiky,
    name: 'latency spikes of 0.2–0.7 s for 1 s',
    play: (seed) => inOrder(seed, [passing(spike)]),
  },
  { ...usual, name: 'one target limits pings', play: (seed) => inOrder(seed, [limits]) },
  stormy,
]

/** Silent for a while, whatever it does besides; its gateway lives. */
export function silentBetween(fromMs: number, toMs: number, rest: Playing): Playing {
  return (request, nowMs) => {
    const fate = rest(request, nowMs)
    if (request.method === 'neighbour' || fate === 'silence') return fate
    // Also what is on its way when the silence begins never arrives.
    return nowMs < toMs && nowMs + fate.afterMs > fromMs ? 'silence' : fate
  }
}

function inOrder(seed: number, kinds: readonly Kind[]): Playing {
  const random = new Random(seed)
  const effects = kinds.map((kind) => kind(random))
  return (request, nowMs): Fate => {
    if (request.method === 'neighbour') return answered(1)
    let afterMs = random.between(pathMs.shortest, pathMs.longest)
    for (const effect of effects) {
      const changedMs = effect(request, nowMs, afterMs)
      if (changedMs === null) return 'silence'
      afterMs = changedMs
    }
    return answered(afterMs)
  }
}

function answered(rttMs: number): Fate {
  return { afterMs: rttMs, outcome: { kind: 'answered', rttMs } }
}

function loses(chance: number): Kind {
  return (random) => (_request, _nowMs, afterMs) => (random.chance(chance) ? null : afterMs)
}

function limits(random: Random): Effect {
  return ({ method, target }, _nowMs, afterMs) =>
    method === 'icmp' && target === '1.1.1.1' && random.chance(limitedLoss) ? null : afterMs
}

/** One of them now and then, for as long as it lasts. */
function passing(...kinds: readonly Passing[]): Kind {
  return (random) => {
    const all = kinds.map(({ forMs, kind }) => ({ forMs, effect: kind(random) }))
    const after = (ms: number) => {
      const fromMs = ms + random.between(pauseMs.shortest, pauseMs.longest)
      return { fromMs, ...random.pick(all) }
    }
    let next = after(0)
    return (request, nowMs, afterMs) => {
      while (nowMs >= next.fromMs + next.forMs) next = after(next.fromMs + next.forMs)
      return nowMs >= next.fromMs ? next.effect(request, nowMs, afterMs) : afterMs
    }
  }
}
