import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Candidate, parseCandidate } from './candidates.ts'
import { detections, falseAlarms, hiccupsCalledDown } from './trials.ts'
import { fair, weathers } from './weather.ts'

/** Fixed, so that these tests say nothing about the defaults. */
const timing = { probe: { timeoutMs: 1_000, intervalMs: 1_000, downAfter: 3 } }
const candidate: Candidate = { name: 'a second', timing }
const trial = { candidate, weather: fair, seed: 3 }

test('a dead line is called down, neither at once nor long after its time-out', () => {
  const times = detections(trial, 20)
  assert.equal(times.length, 20)
  for (const { suspectedMs, downMs } of times) {
    assert.ok(downMs > 300 && downMs < 2_000, `${downMs} ms`)
    assert.ok(suspectedMs > 100 && suspectedMs < downMs, `suspected after ${suspectedMs} ms`)
  }
})

test('a hiccup is called down where it outlasts the time-out, and not where it is short', () => {
  assert.equal(hiccupsCalledDown(trial, 300, 20), 0)
  assert.equal(hiccupsCalledDown(trial, 1_500, 20), 20)
})

test('the same seed gives the same figures', () => {
  const lossy = weathers.find(({ name }) => name === '5 % loss') ?? fair
  const again = { ...trial, weather: lossy }
  assert.deepEqual(detections(again, 5), detections(again, 5))
})

test('a hasty timing takes weather for an outage', () => {
  const hasty = { name: 'hasty', timing: { probe: { timeoutMs: 200, downAfter: 1 } } }
  const stormy = weathers.find(({ name }) => name === 'total bursts of 0.4 s') ?? fair
  assert.ok(falseAlarms({ candidate: hasty, weather: stormy, seed: 3 }, 0.5).verdicts > 0)
  assert.equal(falseAlarms({ candidate: hasty, weather: fair, seed: 3 }, 0.5).verdicts, 0)
})

test('every kind of weather but the fair one is felt', () => {
  const asked = {
    id: 1,
    wan: 0,
    method: 'icmp',
    family: 'ipv4',
    link: 'eth0',
    small: false,
  } as const
  for (const weather of weathers) {
    const play = weather.play(1)
    const fates = Array.from({ length: 6_000 }, (_, i) =>
      play({ ...asked, target: '1.1.1.1' }, i * 100),
    )
    const felt = fates.some((fate) => fate === 'silence' || fate.afterMs > 30)
    assert.equal(felt, weather !== fair, weather.name)
  }
})

test('a candidate is read from a name and its timing', () => {
  const read = parseCandidate('mine={"probe": {"timeoutMs": 700}}')
  assert.deepEqual(read, { name: 'mine', timing: { probe: { timeoutMs: 700 } } })
  assert.throws(() => parseCandidate('{"timeoutMs": 700}'), /NAME=/)
})
