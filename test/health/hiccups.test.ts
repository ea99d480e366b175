/**
 * A hiccup costs nothing, a dead line little: both over the whole of a probe's interval, on paths
 * from fibre to a bad LTE cell.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ProbeRequest } from '../../src/model/probe.ts'
import { Random } from '../random.ts'
import {
  answers,
  except,
  type Playing,
  silence,
  silentUpstream,
  spiky,
  upLine,
} from './virtual-line.ts'

const paths = [
  { rttMs: 5, jitterMs: 1 },
  { rttMs: 20, jitterMs: 3 },
  { rttMs: 60, jitterMs: 20 },
  { rttMs: 150, jitterMs: 30 },
] as const
type Path = (typeof paths)[number]

/** Nothing passes the middle of the way in that time; to the gateway only where that lives. */
function hiccup(path: Path, { fromMs, toMs }: { fromMs: number; toMs: number }): Playing {
  const random = new Random(1)
  return (request, nowMs) => {
    const rttMs = path.rttMs + random.between(0, path.jitterMs)
    const passesMs = nowMs + rttMs / 2
    if (passesMs >= fromMs && passesMs < toMs) return silence(request, nowMs)
    return answers(request.method === 'neighbour' ? 1 : rttMs)(request, nowMs)
  }
}

/** Of a second, so that every method's and target's turn is among them. */
const phasesMs = Array.from({ length: 40 }, (_, index) => 25 * index)

function assertWithin(
  values: readonly number[],
  { medianMs, worstMs }: { readonly medianMs: number; readonly worstMs: number },
): void {
  const sorted = values.toSorted((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  assert.ok(median <= medianMs, `a median of ${median} ms`)
  const worst = sorted.at(-1) ?? Number.NaN
  assert.ok(worst <= worstMs, `a worst case of ${worst} ms`)
}

for (const path of paths) {
  describe(`on a path of ${path.rttMs} ms with ${path.jitterMs} ms of jitter`, () => {
    test('no hiccup of 0.6 s or less is a verdict, and new connections return at once', () => {
      for (const forMs of [100, 300, 450, 600]) {
        for (const phaseMs of phasesMs) {
          const fromMs = 20_000 + phaseMs
          const line = upLine({ playing: hiccup(path, { fromMs, toMs: fromMs + forMs }) })
          line.run(phaseMs + forMs + path.rttMs + path.jitterMs + 60)
          const where = `${forMs} ms from ${phaseMs} ms on`
          assert.equal(line.health.suspectSinceMs, null, where)
          line.run(3_000)
          assert.deepEqual(line.states, ['unknown', 'up'], where)
        }
      }
    })

    test('a silence that lasts is suspected, then decided', () => {
      const suspected: number[] = []
      const decided: number[] = []
      for (const phaseMs of phasesMs) {
        const fromMs = 20_000 + phaseMs
        const line = upLine({ playing: hiccup(path, { fromMs, toMs: Infinity }) })
        line.run(phaseMs)
        while (line.health.suspectSinceMs === null) line.run(1)
        suspected.push(line.nowMs - fromMs)
        line.until('down', 3_000)
        assert.equal(line.health.suspectSinceMs, null)
        decided.push(line.nowMs - fromMs)
      }
      const { rttMs } = path
      assertWithin(suspected, { medianMs: 330 + rttMs, worstMs: 540 + rttMs })
      assertWithin(decided, { medianMs: 790 + 2 * rttMs, worstMs: 1_000 + 2 * rttMs })
    })
  })
}

test('where times vary by half a second, more is asked before the plausible time is over', () => {
  const took: number[] = []
  for (const phaseMs of phasesMs) {
    const line = upLine({ playing: spiky(phaseMs) }).run(phaseMs)
    line.playing = silentUpstream
    const fromMs = line.nowMs
    line.until('down', 5_000)
    took.push(line.nowMs - fromMs)
  }
  assertWithin(took, { medianMs: 1_250, worstMs: 1_900 })
})

test('a line that falls silent while one method is under suspicion is decided as if it spoke until then', () => {
  for (const phaseMs of phasesMs) {
    const isDns = ({ method }: ProbeRequest) => method === 'dns'
    const line = upLine({ playing: answers(20) }).run(phaseMs)
    line.playing = except(isDns, silence, answers(20))
    const fromMs = line.nowMs
    while (line.sent.filter((one) => one.atMs > fromMs && isDns(one.request)).length < 4)
      line.run(1)
    line.run(100)
    const deadMs = line.nowMs
    line.playing = silentUpstream
    line.until('down', 3_000)
    assert.ok(line.nowMs - deadMs < 1_250, `${line.nowMs - deadMs} ms`)
  }
})

test('a metered line that dies just after traffic came to it is decided as soon as any', () => {
  const line = upLine({ metered: true, playing: answers(20) }).setInUse(true)
  line.playing = silentUpstream
  const fromMs = line.nowMs
  line.until('down', 3_000)
  assert.ok(line.nowMs - fromMs < 850, `${line.nowMs - fromMs} ms`)
})

test('names that take long at times put nothing off', () => {
  const took: number[] = []
  for (const phaseMs of phasesMs) {
    const random = new Random(phaseMs)
    const isDns = ({ method }: ProbeRequest) => method === 'dns'
    const slowNames: Playing = (request, nowMs) => answers(random.between(20, 400))(request, nowMs)
    const line = upLine({ playing: except(isDns, slowNames, answers(20)) }).run(phaseMs)
    line.playing = silentUpstream
    const fromMs = line.nowMs
    while (line.health.suspectSinceMs === null) line.run(1)
    assert.ok(line.nowMs - fromMs < 540, `suspected after ${line.nowMs - fromMs} ms`)
    line.until('down', 3_000)
    took.push(line.nowMs - fromMs)
  }
  assertWithin(took, { medianMs: 900, worstMs: 1_150 })
})
