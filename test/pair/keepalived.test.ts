/** The real keepalived on a link of this file's own network. */
import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, test } from 'node:test'
import type { PairNews, PairPlace } from '../../src/model/pair.ts'
import { pairFiles } from '../../src/network/pair/keepalived-config.ts'
import { Keepalived } from '../../src/pair/keepalived.ts'
import { takeAwayLeftovers } from '../../src/pair/leftovers.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'
import { skipWithout } from '../lab/host/requirements.ts'
import { LabNode } from '../lab/network/node.ts'
import { waitFor } from '../wait-for.ts'
import { addresses, makeLink, place, TakingPart } from './taking-part.ts'

const skip = skipWithout('keepalived', 'setpriv')
const host = LabNode.host()

before(makeLink)

test('it takes both addresses, and gives them back when it leaves', { skip }, async () => {
  await using box = new TakingPart()
  await waitFor(() => box.role === 'serving', { what: 'it serves' })
  await waitFor(async () => /192\.168\.0\.5\/32/.test(await addresses()), { what: 'the address' })
  await waitFor(async () => /fe80::5\/64/.test(await addresses()), { what: 'the IPv6 address' })
  const { config, taken } = pairFiles(box.folder)
  assert.equal(statSync(box.folder).mode & 0o777, 0o700)
  assert.equal(statSync(config).mode & 0o777, 0o600)
  box.hang()
  await box.keepalived.leave()
  assert.doesNotMatch(await addresses(), /192\.168\.0\.5|fe80::5\//)
  assert.equal(box.role, null)
  assert.ok(!existsSync(taken))
  assert.deepEqual(box.log.matching(/^warn/), [])
})

test('who leaves asks the other box first, and keeps the address until then', {
  skip,
}, async () => {
  await using box = new TakingPart()
  await waitFor(() => box.role === 'serving', { what: 'it serves' })
  box.hang()
  const beganMs = performance.now()
  const left = box.keepalived.leave()
  assert.equal(readFileSync(pairFiles(box.folder).wish, 'utf8').trim(), '-99')
  assert.match(await addresses(), /192\.168\.0\.5\/32/)
  await left
  assert.ok(performance.now() - beganMs >= 5 * place.advertMs, 'it gave the other one no time')
  assert.doesNotMatch(await addresses(), /192\.168\.0\.5/)
})

test('what somebody else has is not taken, until it is free', { skip }, async () => {
  const answers = ['192.168.0.5 is in use by 02:00:00:00:00:99', null]
  const asked: PairPlace[] = []
  const folder = join(mkdtempSync(join(tmpdir(), 'wan-failover-pair-')), 'own')
  const whoElseHas = async (where: PairPlace) => {
    asked.push(where)
    return answers.shift() ?? null
  }
  const log = new RecordedLog()
  const keepalived = new Keepalived({ folder, log, whoElseHas, askAgainMs: 100 })
  const news: PairNews[] = []
  keepalived.attend((one) => news.push(one))
  const beats = setInterval(() => keepalived.keep({ place, priority: 205 }), 50)
  try {
    await waitFor(() => asked.length === 2, { what: 'it asks again' })
    assert.doesNotMatch(await addresses(), /192\.168\.0\.5/)
    assert.deepEqual(log.matching(/^warn/), ['warn: 192.168.0.5 is in use by 02:00:00:00:00:99'])
    await waitFor(async () => /192\.168\.0\.5\/32/.test(await addresses()), { what: 'the address' })
    assert.deepEqual(
      news.findLast(({ kind }) => kind === 'problem'),
      {
        kind: 'problem',
        problem: null,
      },
    )
    assert.equal(asked.length, 2)
  } finally {
    clearInterval(beats)
    await keepalived.leave()
    rmSync(join(folder, '..'), { recursive: true })
  }
})

test('a link without carrier is told, and so is its return', { skip }, async () => {
  await using box = new TakingPart()
  await waitFor(() => box.role === 'serving', { what: 'it serves' })
  await host.ip(['link set other down'])
  await waitFor(() => box.role === 'cut', { what: 'it is cut' })
  assert.doesNotMatch(await addresses(), /192\.168\.0\.5/)
  await host.ip(['link set other up'])
  await waitFor(() => box.role === 'serving', { what: 'it serves again' })
})

for (const half of ['pid', 'childPid'] as const) {
  test(`killed (its ${half}), it leaves no address, and starts again`, { skip }, async () => {
    await using box = new TakingPart()
    await waitFor(() => box.role === 'serving', { what: 'it serves' })
    box.hang()
    process.kill(Number(readFileSync(pairFiles(box.folder)[half], 'utf8')), 'SIGKILL')
    await waitFor(async () => !/192\.168\.0\.5/.test(await addresses()), { what: 'no address' })
    box.goOn()
    await waitFor(() => box.role === 'serving', { what: 'it serves again' })
  })
}

for (const halves of [['childPid'], ['pid', 'childPid']] as const) {
  test(`hanging (its ${halves.join(' and ')}), it leaves no address, and starts again`, {
    skip,
  }, async () => {
    await using box = new TakingPart()
    await waitFor(() => box.role === 'serving', { what: 'it serves' })
    const before = readFileSync(pairFiles(box.folder).childPid, 'utf8')
    for (const half of halves) {
      process.kill(Number(readFileSync(pairFiles(box.folder)[half], 'utf8')), 'SIGSTOP')
    }
    await waitFor(() => box.role === null, { what: 'it is given up' })
    await waitFor(async () => !/192\.168\.0\.5/.test(await addresses()), { what: 'no address' })
    await waitFor(() => box.role === 'serving', { what: 'it serves again' })
    assert.notEqual(readFileSync(pairFiles(box.folder).childPid, 'utf8'), before)
    assert.equal(box.log.matching(/keepalived ended \(it hung\); it starts again/).length, 1)
  })
}

test('without keepalived it says what to install, and takes nothing', async () => {
  const path = process.env['PATH']
  process.env['PATH'] = '/nowhere'
  try {
    await using box = new TakingPart()
    assert.deepEqual(box.news.at(-1), {
      kind: 'problem',
      problem:
        "pair: keepalived and setpriv are not installed, so this box can't take the shared " +
        'address: apt install keepalived',
    })
    assert.ok(!existsSync(pairFiles(box.folder).config))
  } finally {
    process.env['PATH'] = path
  }
})

test('what a crash has left is taken away, be it a keepalived that goes on', { skip }, async () => {
  await using box = new TakingPart()
  await waitFor(() => box.role === 'serving', { what: 'it serves' })
  box.hang()
  const log = new RecordedLog()
  // Both are stopped, so that neither can take its address away.
  const { pid, childPid } = pairFiles(box.folder)
  await host.script(`kill -STOP $(cat ${pid}) $(cat ${childPid})`)
  await takeAwayLeftovers(box.folder, log)
  assert.doesNotMatch(await addresses(), /192\.168\.0\.5|fe80::5\//)
  assert.equal(log.matching(/took away 192\.168\.0\.5\/32 of eth0/).length, 1)
  await waitFor(() => box.role === null, { what: 'the old keepalived has ended' })
})
