/**
 * Random outages, one a schedule, each with options, weather and hiccups of its own: how long after
 * its bound a monitor may still call the line up. Pure: a seed, a result.
 */
import type { ProbeOutcome } from '../../../../src/model/probe.ts'
import type { ProbeSettings } from '../../../../src/model/settings/settings.ts'
import { defaultProbe, type Playing, VirtualLine } from '../../../health/virtual-line.ts'
import { Random } from '../../../random.ts'
import { silentBetween, weathers } from './weather.ts'

export interface Outage {
  readonly seed: number
  readonly tookMs: number
  /** Until a probe is sent, and until its silence can be no late answer any more. */
  readonly boundMs: number
}

const intervalsMs = [200, 500, 1_000, 1_000, 2_000, 5_000]
const timeoutsMs = [500, 1_000, 1_000, 2_000]
const methods: readonly ProbeSettings['methods'][] = [['icmp', 'dns'], ['icmp'], ['dns'], ['tcp']]
const warmUpMs = 30_000
const mostHiccups = 3
/** For our own process to be late, as any is. */
const slackMs = 100
const neverMs = 120_000

export function outageOf(seed: number): Outage {
  const random = new Random(seed)
  const probe = probeOf(random)
  const { longestMs, play } = random.pick(weathers)
  const weather = play(seed)
  const line = new VirtualLine({ probe, playing: weather }).run(warmUpMs)
  for (let i = random.below(mostHiccups + 1); i > 0; i -= 1) {
    const fromMs = line.nowMs + random.between(0, 5_000)
    line.playing = silentBetween(fromMs, fromMs + random.between(100, 600), weather)
    line.run(15_000)
  }
  line.playing = weather
  // An unlucky verdict before the outage is no answer to it.
  while (isDown(line)) line.run(1_000)
  line.run(random.between(0, probe.intervalMs))
  const fromMs = line.nowMs
  line.playing = deadIn(random, weather, fromMs)
  while (!isDown(line) && line.nowMs - fromMs < neverMs) line.run(10)
  const { intervalMs, timeoutMs, targets } = probe
  const boundMs = intervalMs / targets.ipv4.length + Math.max(timeoutMs, longestMs) + slackMs
  return { seed, tookMs: line.nowMs - fromMs, boundMs }
}

function isDown(line: VirtualLine): boolean {
  return line.health.state === 'down'
}

function probeOf(random: Random): ProbeSettings {
  const intervalMs = random.pick(intervalsMs)
  return {
    ...defaultProbe,
    intervalMs,
    timeoutMs: Math.min(random.pick(timeoutsMs), Math.max(500, intervalMs)),
    methods: random.pick(methods),
    downAfter: 2 + random.below(4),
  }
}

/** Behind the gateway, with it, or with somebody on the way who says so. */
function deadIn(random: Random, weather: Playing, fromMs: number): Playing {
  const silent = silentBetween(fromMs, Number.POSITIVE_INFINITY, weather)
  const refusal: ProbeOutcome = { kind: 'refused', reason: 'no route to the network' }
  return random.pick<Playing>([
    silent,
    silent,
    () => 'silence',
    (request, nowMs) =>
      request.method === 'neighbour'
        ? weather(request, nowMs)
        : { afterMs: random.between(2, 30), outcome: refusal },
  ])
}
