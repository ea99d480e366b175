/** The programs that dial, as children: a stand-in runs for xl2tpd, and only waits. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { lackingToDial } from '../../../src/kernel/tunnels/dial-processes.ts'
import { l2tpDialler } from '../../../src/kernel/tunnels/l2tp-dialler.ts'
import type { TunnelDialler } from '../../../src/kernel/tunnels/port.ts'
import type { L2tpWish } from '../../../src/model/tunnel/dial.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { waitFor } from '../../wait-for.ts'

const place = mkdtempSync(join(tmpdir(), 'wan-failover-dial-'))
const programs = join(place, 'bin')
const path = process.env['PATH'] ?? ''
mkdirSync(programs)
// Of its words the second is `-c`, the third its configuration.
writeFileSync(join(programs, 'xl2tpd'), '#!/bin/bash\nexec -a xl2tpd tail -f "$3"\n', {
  mode: 0o755,
})
process.env['PATH'] = `${programs}:${path}`
after(() => rmSync(place, { recursive: true }))

const wish: L2tpWish = {
  ...{ name: 'home_ip', link: 'wf-home_ip', port: 61_902, line: 'primary' },
  endpoint: { host: '203.0.113.9', port: 1_701 },
  ...{ username: 'house', password: 'SECRET', address: [], keepaliveSeconds: 15 },
  ...{ mtu: null, lines: [] },
}

let folder = ''
let log: RecordedLog
let dialler: TunnelDialler

beforeEach(() => {
  folder = join(mkdtempSync(join(place, 'run-')), 'dial')
  log = new RecordedLog()
  dialler = newDialler()
})

function newDialler(lacking: () => string | null = () => null): TunnelDialler {
  return l2tpDialler({ log, folder, lacking })
}

/** The processes that were told of a file in this folder. */
function running(): readonly number[] {
  return readdirSync('/proc').flatMap((entry) => {
    try {
      const words = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0')
      return words[0] === 'xl2tpd' && words.some((one) => one.startsWith(folder))
        ? [Number(entry)]
        : []
    } catch {
      // No process, or it has just ended.
      return []
    }
  })
}

function untilOne(): Promise<readonly number[]> {
  const one = () => (running().length === 1 ? running() : null)
  return waitFor(one, { deadlineMs: 10_000, what: 'one program' })
}

test('the password is in one file for its owner, and neither in the log nor the arguments', async () => {
  assert.deepEqual(await dialler.dial(wish), { kind: 'dialling' })
  const [id = 0] = await untilOne()
  const files = readdirSync(folder)
  const secret = files.filter((file) => readFileSync(join(folder, file), 'utf8').includes('SECRET'))
  assert.deepEqual(secret, ['home_ip.pppd'])
  for (const file of files) assert.equal(statSync(join(folder, file)).mode & 0o077, 0, file)
  const seen =
    readFileSync(`/proc/${id}/cmdline`, 'utf8') + readFileSync(`/proc/${id}/environ`, 'utf8')
  assert.doesNotMatch(seen + log.lines.join('\n'), /SECRET/)
  await dialler.hangUp()
})

test('who dials again ends what was dialled before, and hanging up leaves nothing', async () => {
  await dialler.dial(wish)
  const first = await untilOne()
  await dialler.dial({ ...wish, line: 'secondary' })
  const second = await untilOne()
  assert.notDeepEqual(second, first)
  await dialler.hangUp()
  assert.deepEqual(running(), [])
  assert.ok(!existsSync(folder))
})

test('what a dead daemon has left is ended, and a stranger with such a file is not', async () => {
  await dialler.dial(wish)
  await untilOne()
  const config = join(folder, 'home_ip.xl2tpd')
  const waiting = 'process.stdin.resume()'
  const stranger = spawn(process.execPath, ['--eval', waiting, config], { stdio: 'pipe' })
  await newDialler().hangUp()
  assert.deepEqual(running(), [])
  assert.match(log.lines.join('\n'), /ended what an earlier run has left of a tunnel/)
  assert.equal(stranger.exitCode ?? stranger.signalCode, null)
  stranger.kill('SIGKILL')
})

test('a program that is missing is named with its package', async () => {
  process.env['PATH'] = '/nowhere'
  const report = await newDialler(lackingToDial).dial(wish)
  process.env['PATH'] = `${programs}:${path}`
  assert.ok(report.kind === 'not_dialled')
  assert.match(report.reason, /^xl2tpd .*not installed: on Debian, apt install xl2tpd /)
  assert.deepEqual(running(), [])
})

test('what was never dialled costs nothing', async () => {
  await dialler.hangUp()
  assert.ok(!existsSync(folder))
  assert.equal(dialler.listen('home_ip'), null)
})
