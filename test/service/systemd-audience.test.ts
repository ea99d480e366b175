import assert from 'node:assert/strict'
import { mkdtempSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type Libc, loadLibc } from '../../src/probe/sockets/libc.ts'
import { SystemdAudience } from '../../src/service/systemd-audience.ts'
import { exampleSnapshot, exampleWanSnapshot } from '../examples/example-snapshot.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'

const loaded = loadLibc()
const calls: Libc =
  loaded.kind === 'loaded' ? loaded.libc : assert.fail(`the tests need koffi: ${loaded.reason}`)
const folder = mkdtempSync(join(tmpdir(), 'wan-failover-notify-'))
after(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'socket')
const ready = 'WATCHDOG=1\nREADY=1\nSTATUS=primary is in use (primary up, secondary up)'

test('the first snapshot says ready, the next ones only that the loop still turns', async () => {
  using systemd = new SystemdEnd(path)
  const audience = new SystemdAudience({ ...systemd, calls, log: new RecordedLog() })
  audience.publish(exampleSnapshot())
  assert.equal(systemd.next(), ready)
  audience.publish(exampleSnapshot({ at: '2026-11-21T10:00:10.000Z' }))
  assert.equal(systemd.next(), 'WATCHDOG=1')
  assert.equal(systemd.next(), null)
})

test('a failover changes the status line, and so does observing only', () => {
  using systemd = new SystemdEnd(path)
  const audience = new SystemdAudience({ ...systemd, calls, log: new RecordedLog() })
  audience.publish(
    exampleSnapshot({
      active: 'secondary',
      wans: { primary: exampleWanSnapshot({ state: 'down' }), secondary: exampleWanSnapshot() },
    }),
  )
  assert.match(systemd.next() ?? '', /STATUS=secondary is in use \(primary down, secondary up\)$/)
  const observing = 'observing only: the options name no WAN'
  audience.publish(exampleSnapshot({ active: null, wans: {}, problems: [observing] }))
  assert.match(systemd.next() ?? '', new RegExp(`STATUS=${observing}$`))
})

test('its end is reported once, and an abstract socket is one too', async () => {
  using systemd = new SystemdEnd(`@${path}`)
  const audience = new SystemdAudience({ ...systemd, calls, log: new RecordedLog() })
  audience.publish(exampleSnapshot())
  assert.equal(systemd.next(), ready)
  await audience.close()
  await audience.close()
  assert.equal(systemd.next(), 'STOPPING=1\nSTATUS=stopped')
  assert.equal(systemd.next(), null)
})

test('a systemd that is away is logged once, and gets all when it is back', () => {
  const log = new RecordedLog()
  const audience = new SystemdAudience({ socketPath: path, calls, log })
  audience.publish(exampleSnapshot())
  audience.publish(exampleSnapshot())
  assert.deepEqual(log.lines, [
    "warn: can't report to systemd (ENOENT); without a sign of life it restarts the service",
  ])
  using back = new SystemdEnd(path)
  audience.publish(exampleSnapshot())
  assert.equal(back.next(), ready)
})

test('a systemd that reads nothing keeps nobody waiting', () => {
  using systemd = new SystemdEnd(path)
  const log = new RecordedLog()
  const audience = new SystemdAudience({ ...systemd, calls, log })
  for (let i = 0; i < 2_000; i += 1) audience.publish(exampleSnapshot())
  assert.deepEqual(log.lines, [
    "warn: can't report to systemd (EAGAIN); without a sign of life it restarts the service",
  ])
})

/** The other end: a bound datagram socket that never waits. */
class SystemdEnd {
  readonly socketPath: string
  readonly #fd: number

  constructor(socketPath: string) {
    this.socketPath = socketPath
    const nonBlockingDatagram = 2 | 0o4000
    this.#fd = calls.socket(1, nonBlockingDatagram, 0)
    const name = socketPath.startsWith('@') ? `\0${socketPath.slice(1)}` : `${socketPath}\0`
    assert.equal(calls.bind(this.#fd, Buffer.from(`\x01\0${name}`)), 0, `binding ${name}`)
  }

  /** null where nothing has come. */
  next(): string | null {
    const buffer = Buffer.alloc(4_096)
    try {
      return buffer.toString('utf8', 0, readSync(this.#fd, buffer))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return null
      throw error
    }
  }

  [Symbol.dispose](): void {
    calls.close(this.#fd)
    rmSync(this.socketPath, { force: true })
  }
}
