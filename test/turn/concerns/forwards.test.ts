import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Forwards } from '../../../src/turn/concerns/forwards.ts'
import { exampleDecided } from '../../examples/example-decided.ts'
import { exampleHost } from '../../examples/example-host.ts'
import { exampleSettings } from '../../examples/example-settings.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'

const withLan = exampleHost([{ name: 'eth0', addresses: ['192.168.0.3/24'] }])
const withoutLan = exampleHost([{ name: 'eth0' }])

function watching(to: string) {
  const log = new RecordedLog()
  const forwards = [{ tunnel: 'home_ip', protocol: 'tcp', ports: null, to }] as const
  const concern = new Forwards(exampleSettings({ forwards }), log)
  const turn = (nowMs: number, host = withLan) => {
    concern.afterwards(exampleDecided({ nowMs, host, uplinks: [] }))
    return concern.problems().join('\n')
  }
  return { log, concern, turn }
}

test('a forward that leads nowhere is a problem after half a minute, and logged once', () => {
  const { log, concern, turn } = watching('192.168.9.10')
  assert.equal(turn(0), '')
  assert.equal(concern.wakeAtMs(), 30_000)
  assert.match(turn(30_000), /^forwards\[0\] \(to 192\.168\.9\.10\): /)
  assert.equal(concern.wakeAtMs(), Number.POSITIVE_INFINITY)
  turn(40_000)
  assert.deepEqual(log.lines.length, 1)
  assert.match(log.lines[0] ?? '', /^warn: forwards\[0\]/)
})

test('a LAN that gets its address a while after the start is no problem', () => {
  const { log, turn } = watching('192.168.0.10')
  turn(0, withoutLan)
  turn(20_000)
  assert.equal(turn(60_000), '')
  assert.equal(turn(70_000, withoutLan), '')
  assert.match(turn(100_000, withoutLan), /192\.168\.0\.10/)
  assert.equal(turn(101_000), '')
  assert.equal(log.lines.length, 1)
})
