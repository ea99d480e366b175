/** What the counters of a WAN's link say of a silence of its probes. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { answers, silentUpstream, spiky, upLine, type VirtualLine } from './virtual-line.ts'

/** A line whose times vary by half a second, and how long it takes to be down once it is silent. */
function decided(phaseMs: number, told: (line: VirtualLine) => void): number {
  const line = upLine({ playing: spiky(phaseMs) }).run(phaseMs)
  line.playing = silentUpstream
  const fromMs = line.nowMs
  while (line.health.state !== 'down') {
    line.run(50)
    told(line)
    assert.ok(line.nowMs < fromMs + 10_000)
  }
  return line.nowMs - fromMs
}

const phasesMs = Array.from({ length: 40 }, (_, index) => 25 * index)
const nobody = () => {}
const mute = (line: VirtualLine) => {
  if (line.monitor.isDoubted) line.monitor.muted(line.nowMs)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

describe('much out and nothing in', () => {
  test('ends the wait for late answers, and never what a hiccup is given', () => {
    const usual = phasesMs.map((phaseMs) => decided(phaseMs, nobody))
    const muted = phasesMs.map((phaseMs) => decided(phaseMs, mute))
    for (const [i, tookMs] of muted.entries()) assert.ok(tookMs <= (usual[i] ?? 0))
    assert.ok(median(usual) - median(muted) > 200, `${median(usual)} and ${median(muted)} ms`)
    assert.ok(Math.min(...muted) > 600, `${Math.min(...muted)} ms`)
  })

  test('decides nothing while somebody answers', () => {
    const line = upLine({ playing: answers(20) })
    for (let i = 0; i < 60; i++) {
      line.run(50)
      line.monitor.muted(line.nowMs)
    }
    assert.deepEqual(line.states, ['unknown', 'up'])
  })

  test('is no verdict on a hiccup of 0.6 s', () => {
    for (const phaseMs of phasesMs) {
      const line = upLine({ playing: answers(20) }).run(phaseMs)
      line.playing = silentUpstream
      const endMs = line.nowMs + 600
      while (line.nowMs < endMs) mute(line.run(50))
      line.playing = answers(20)
      for (let i = 0; i < 20; i++) mute(line.run(50))
      assert.deepEqual(line.states, ['unknown', 'up'], `${phaseMs} ms`)
    }
  })
})

describe('packets of others', () => {
  test('make the verdict wait until they stop, but not for ever', () => {
    const silentMs = (heardForMs: number) => {
      const line = upLine({ metered: true, playing: answers(20) }).setInUse(true)
      line.playing = silentUpstream
      const fromMs = line.nowMs
      while (line.health.state !== 'down') {
        line.run(50)
        if (line.nowMs - fromMs <= heardForMs) line.monitor.heard(line.nowMs)
        assert.ok(line.nowMs < fromMs + 10_000)
      }
      return line.nowMs - fromMs
    }
    const usualMs = silentMs(0)
    const [briefly, forLong] = [silentMs(500), silentMs(8_000)]
    assert.ok(briefly > usualMs + 200 && briefly < usualMs + 600, `${usualMs}, ${briefly} ms`)
    assert.ok(forLong > briefly && forLong < usualMs + 1_000, `${usualMs}, ${forLong} ms`)
  })
})
