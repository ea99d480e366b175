/** What real requests show, in the health of a WAN. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { except, silence, silentUpstream, upLine, type VirtualLine } from './virtual-line.ts'

const fault = 'no tcp connection gets through'

function tell(line: VirtualLine, text: string | null): VirtualLine {
  line.monitor.setFault(text, line.nowMs)
  return line.run(10)
}

test('a fault makes a WAN degraded with its words, and up again when it is over', () => {
  const line = tell(upLine(), fault)
  assert.deepEqual([line.health.state, line.health.reason], ['degraded', fault])
  line.run(60_000)
  assert.equal(line.health.state, 'degraded')
  assert.equal(tell(line, 'another').health.reason, 'another')
  assert.equal(tell(line, null).health.state, 'up')
})

test('a fault moves no probe and adds none', () => {
  const usual = upLine()
  const faulty = tell(upLine(), fault)
  usual.run(10)
  const sent = (line: VirtualLine) => line.run(30_000).sent.map(({ atMs }) => atMs)
  assert.deepEqual(sent(faulty), sent(usual))
})

test('a WAN that is down stays down, and is degraded when it answers again', () => {
  const line = upLine()
  line.playing = silentUpstream
  line.until('down', 5_000)
  assert.equal(tell(line, fault).health.state, 'down')
  line.playing = upLine().playing
  line.until('degraded', 10_000)
  assert.equal(line.health.reason, fault)
})

test('dead DNS is named before it: without names no page can be asked for', () => {
  const line = tell(upLine(), fault)
  line.playing = except(({ method }) => method === 'dns', silence, line.playing)
  line.run(10_000)
  assert.match(line.health.reason, /^dns gets no reply/)
})

test('one that comes and goes lengthens the hold-down, as an outage does', () => {
  const line = upLine()
  const before = line.health.holdDownMs
  for (let i = 0; i < 7; i++) tell(tell(line, fault), null)
  assert.ok(line.health.holdDownMs > before, `${line.health.holdDownMs} ms`)
})
