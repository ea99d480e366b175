import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { askControlSocket } from '../../src/control/ask-control-socket.ts'
import { holdControlSocket } from '../../src/control/control-socket.ts'
import { socketPlace } from '../../src/control/socket-place.ts'
import { exampleSnapshot } from '../examples/example-snapshot.ts'
import { waitFor } from '../wait-for.ts'

const nothing = { turning: false, snapshot: null }
const holder = fileURLToPath(new URL('hold-control-socket.ts', import.meta.url))
const nobodyRuns = { kind: 'silent', reason: 'no WAN Failover runs in this network' }

let root: string
let folder: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'wan-failover-control-'))
  folder = join(root, 'run')
  process.env['RUNTIME_DIRECTORY'] = folder
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('whoever asks is told the snapshot, and a second holder is refused', async () => {
  assert.deepEqual(await askControlSocket(), nobodyRuns)
  const snapshot = exampleSnapshot()
  const holding = await holdControlSocket(() => ({ turning: true, snapshot }))
  assert.equal(holding.kind, 'held')
  assert.deepEqual(await askControlSocket(), { kind: 'answered', turning: true, snapshot })
  const second = await holdControlSocket(() => nothing)
  assert.match(second.kind === 'refused' ? second.reason : '', /another WAN Failover already runs/)
  assert.equal((await askControlSocket()).kind, 'answered')
  if (holding.kind === 'held') await holding.release()
  assert.deepEqual(await askControlSocket(), nobodyRuns)
})

test('before the first snapshot it tells none, and whether the loop turns all the same', async () => {
  const holding = await holdControlSocket(() => nothing)
  assert.deepEqual(await askControlSocket(), { kind: 'answered', ...nothing })
  if (holding.kind === 'held') await holding.release()
})

test('somebody who connects and hangs keeps it from nothing, not from its release either', async () => {
  const holding = await holdControlSocket(() => ({ turning: true, snapshot: exampleSnapshot() }))
  const idle = createConnection({ path: socketPlace().socketPath, allowHalfOpen: true })
  await new Promise((resolve) => idle.once('connect', resolve))
  assert.equal((await askControlSocket()).kind, 'answered')
  if (holding.kind === 'held') await holding.release()
  idle.destroy()
})

test('the old abstract name keeps nobody from starting, whoever has it', async () => {
  const theirs = createServer().listen({ path: '\0wan_failover' })
  await once(theirs, 'listening')
  const holding = await holdControlSocket(() => ({ turning: true, snapshot: null }))
  assert.equal(holding.kind, 'held')
  if (holding.kind === 'held') await holding.release()
  theirs.close()
})

test('the folder is for its owner alone, and another network has another socket in it', async () => {
  const holding = await holdControlSocket(() => nothing)
  assert.equal(lstatSync(folder).mode & 0o777, 0o700)
  const words = ['--net', process.execPath, holder]
  const other = spawn('unshare', words, { stdio: ['pipe', 'pipe', 'inherit'] })
  const [said] = await once(other.stdout, 'data')
  assert.equal(String(said), 'held\n')
  other.stdin.end()
  await once(other, 'exit')
  if (holding.kind === 'held') await holding.release()
})

test('what a killed daemon has left is replaced', async () => {
  const killed = spawn(process.execPath, [holder], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(killed.stdout, 'data')
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  assert.ok(existsSync(socketPlace().socketPath))
  assert.deepEqual(await askControlSocket(), nobodyRuns)
  const holding = await holdControlSocket(() => ({ turning: true, snapshot: null }))
  assert.equal((await askControlSocket()).kind, 'answered')
  if (holding.kind === 'held') await holding.release()
})

test('of eight starts at once exactly one wins, beside what a killed one has left', async () => {
  const { socketPath } = socketPlace()
  mkdirSync(folder, { mode: 0o700 })
  writeFileSync(socketPath, '')
  const starts = Array.from({ length: 8 }, () =>
    spawn(process.execPath, [holder], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  const said = await Promise.all(
    starts.map(async ({ stdout }) => String((await once(stdout, 'data'))[0])),
  )
  assert.equal(said.filter((line) => line === 'held\n').length, 1, said.join(''))
  assert.equal(said.filter((line) => line.includes('already runs')).length, 7, said.join(''))
  assert.equal((await askControlSocket()).kind, 'answered')
  for (const { stdin } of starts) stdin.end()
  await waitFor(() => starts.every(({ exitCode }) => exitCode !== null), { what: 'all to end' })
})

describe('a folder that is not ours alone is used by nobody:', () => {
  const untrusted: readonly (readonly [string, () => void, RegExp])[] = [
    ['others may write', () => mkdirAs(0o777), /others may use the folder/],
    ['others may read', () => mkdirAs(0o750), /others may use the folder/],
    ['a file', () => writeFileSync(folder, ''), /is no folder/],
    [
      'a link to a folder of ours',
      () => {
        mkdirSync(join(root, 'elsewhere'), { mode: 0o700 })
        symlinkSync('elsewhere', folder)
      },
      /is no folder/,
    ],
  ]
  for (const [name, make, reason] of untrusted) {
    test(name, async () => {
      make()
      const holding = await holdControlSocket(() => nothing)
      assert.match(holding.kind === 'refused' ? holding.reason : '', reason)
      const asked = await askControlSocket()
      assert.match(asked.kind === 'silent' ? asked.reason : '', reason)
    })
  }

  function mkdirAs(mode: number): void {
    mkdirSync(folder)
    chmodSync(folder, mode)
  }
})

const onlyRoot = canBeAnother() ? false : 'needs to become a user who can read this checkout'

describe('with other users on the host', { skip: onlyRoot }, () => {
  const theirs = 65_534

  test('a folder of theirs in a place where they may write is not trusted', async () => {
    chmodSync(root, 0o777)
    mkdirSync(folder, { mode: 0o700 })
    chownSync(folder, theirs, theirs)
    const holding = await holdControlSocket(() => nothing)
    assert.match(holding.kind === 'refused' ? holding.reason : '', /belongs to a user who may not/)
    const asked = await askControlSocket()
    assert.match(asked.kind === 'silent' ? asked.reason : '', /belongs to a user who may not/)
  })

  test('root asks a service that runs as another user, in a folder that only root can make', async () => {
    chmodSync(root, 0o755)
    mkdirSync(folder, { mode: 0o700 })
    chownSync(folder, theirs, theirs)
    const words = ['--reuid', `${theirs}`, '--clear-groups', process.execPath, holder]
    const service = spawn('setpriv', words, { stdio: ['pipe', 'pipe', 'inherit'] })
    const [said] = await once(service.stdout, 'data')
    assert.equal(String(said), 'held\n')
    assert.equal((await askControlSocket()).kind, 'answered')
    service.stdin.end()
    await once(service, 'exit')
  })

  test('a plain user is told to become root, and starts nothing', async () => {
    chmodSync(root, 0o755)
    const holding = await holdControlSocket(() => nothing)
    const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
    const words = ['--reuid', `${theirs}`, '--clear-groups', process.execPath, main, 'health']
    const asked = promisify(execFile)('setpriv', words, { timeout: 30_000 })
    await assert.rejects(asked, {
      stderr: /the folder .* belongs to another user: run this as root/,
    })
    if (holding.kind === 'held') await holding.release()
    rmSync(folder, { recursive: true })
    const start = ['--reuid', `${theirs}`, '--clear-groups', process.execPath, holder]
    const refused = spawn('setpriv', start, { stdio: ['pipe', 'pipe', 'inherit'] })
    assert.match(await text(refused.stdout), /can't make the folder .*: EACCES/)
  })
})

/** In a user namespace root may be the only user, and a checkout may be for its owner alone. */
function canBeAnother(): boolean {
  const read = `require('node:fs').readFileSync(${JSON.stringify(holder)})`
  const words = ['--reuid', '65534', '--clear-groups', process.execPath, '--eval', read]
  return spawnSync('setpriv', words, { timeout: 20_000 }).status === 0
}
