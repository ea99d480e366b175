/** What is in force while options change, with real files. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { OptionsKeeper } from '../../../src/commands/run/options-keeper.ts'
import type { HostState } from '../../../src/model/host.ts'
import { oneSubnet } from '../../examples/example-host.ts'
import { exampleRoute } from '../../examples/example-route.ts'
import { ourRule } from '../../examples/example-rule.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { two } from '../../options/refused.ts'
import { waitFor } from '../../wait-for.ts'

const wrong = `${two}natt: auto`
const other = `${two}nat: always`

describe('the options in force', () => {
  const host = oneSubnet
  const taken: HostState = {
    ...host,
    routes: [...host.routes, exampleRoute('default via 192.168.0.2 dev eth0 table 101')],
  }
  let folder: string
  let path: string
  let log: RecordedLog

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'options-keeper-'))
    path = join(folder, 'options.yaml')
    log = new RecordedLog()
  })

  afterEach(() => rmSync(folder, { recursive: true }))

  function started(text: string, on = host): OptionsKeeper {
    writeFileSync(path, text)
    const keeper = new OptionsKeeper({ path, folder, log })
    keeper.take(on)
    return keeper
  }

  function saved(keeper: OptionsKeeper, text: string, on = host) {
    writeFileSync(path, text)
    return keeper.reconsider(on)
  }

  test('are the last right ones after a restart, from a file that only its owner reads', async () => {
    started(two)
    const file = join(folder, 'right-options.json')
    await waitFor(() => existsSync(file), { what: 'the disk to have them' })
    assert.equal(statSync(file).mode & 0o777, 0o600)
    writeFileSync(path, wrong)
    const { settings, notice, obstacles } = new OptionsKeeper({ path, folder, log }).take(host)
    assert.equal(notice?.in_force, 'earlier')
    assert.equal(notice?.since, JSON.parse(readFileSync(file, 'utf8')).since)
    assert.deepEqual(
      settings.wans.map(({ name }) => name),
      ['primary', 'secondary'],
    )
    assert.deepEqual(obstacles, [])
    assert.deepEqual(log.matching(/natt/), [
      'error: wrong option: natt: found an unknown option, expected nat, perhaps',
    ])
  })

  test('stay where a slip is saved, and where it is mended again', () => {
    const keeper = started(two)
    assert.equal(keeper.isContent, true)
    const slip = saved(keeper, wrong)
    assert.equal(slip.kind === 'notice' && slip.notice?.in_force, 'earlier')
    assert.equal(keeper.isContent, false)
    assert.deepEqual(keeper.reconsider(host), { kind: 'same' })
    assert.deepEqual(saved(keeper, `# mended\n${two}`), { kind: 'notice', notice: null })
    assert.deepEqual(saved(keeper, `# only a comment\n${two}`), { kind: 'same' })
  })

  test('are others where others are saved, which take over what stands', () => {
    const keeper = started(two)
    assert.deepEqual(saved(keeper, other), { kind: 'anew', leave: 'standing' })
    assert.equal(keeper.take(host).settings.nat, 'always')
    assert.deepEqual(saved(keeper, 'wans: []'), { kind: 'anew', leave: 'clean' })
  })

  test('begin where wrong ones are mended, though none were right before', () => {
    const keeper = started(wrong)
    assert.deepEqual(saved(keeper, two), { kind: 'anew', leave: 'standing' })
  })

  test('are none where a table is in use, until it is empty', () => {
    const keeper = started(two, taken)
    assert.equal(keeper.isContent, false)
    assert.deepEqual(log.matching(/table/).length, 1)
    assert.deepEqual(keeper.reconsider(taken), { kind: 'same' })
    assert.deepEqual(keeper.reconsider(host), { kind: 'anew', leave: 'standing' })
  })

  test('stay though others put routes into a table while it runs, and a slip is saved then', () => {
    const keeper = started(two)
    assert.deepEqual(keeper.reconsider(taken), { kind: 'same' })
    assert.equal(saved(keeper, wrong, taken).kind, 'notice')
  })

  test('stay where new ones name a table in use', () => {
    const keeper = started(two.replace('0.2 }', '0.2, table: 110 }'))
    const refused = saved(keeper, two, taken)
    const problems = (refused.kind === 'notice' && refused.notice?.problems) || []
    assert.match(problems[0] ?? '', /^wans\[1\]\.table: found 101, expected a table for this WAN/)
  })

  test('are not the last right ones while nobody has confirmed them, but once they are confirmed', () => {
    let areUnconfirmed = true
    started(two).pass()
    const keeper = new OptionsKeeper({ path, folder, log, areUnconfirmed: () => areUnconfirmed })
    writeFileSync(path, other)
    assert.equal(keeper.take(host).settings.nat, 'always')
    assert.deepEqual(saved(keeper, wrong), { kind: 'anew', leave: 'standing' })
    assert.equal(keeper.take(host).settings.nat, 'auto')
    writeFileSync(path, other)
    keeper.take(host)
    areUnconfirmed = false
    keeper.pass()
    assert.deepEqual(keeper.reconsider(host), { kind: 'same' })
    assert.equal(saved(keeper, wrong).kind, 'notice')
  })

  test('stay where the file is gone', () => {
    const keeper = started(two)
    rmSync(path)
    const gone = keeper.reconsider(host)
    const problems = (gone.kind === 'notice' && gone.notice?.problems) || []
    assert.match(problems[0] ?? '', /^the options can't be read: ENOENT/)
  })

  test('are on trial where they replace others, and give way to those where they cost too much', () => {
    const keeper = started(two)
    keeper.pass()
    assert.equal(keeper.areOnTrial, false)
    saved(keeper, other)
    assert.equal(keeper.take(host).settings.nat, 'always')
    assert.equal(keeper.areOnTrial, true)
    keeper.takeBack('the LAN was lost')
    assert.deepEqual(keeper.reconsider(host), { kind: 'anew', leave: 'standing' })
    const { settings, notice, obstacles } = keeper.take(host)
    assert.deepEqual([settings.nat, obstacles, notice?.in_force], ['auto', [], 'earlier'])
    assert.equal(notice?.taken_back?.reason, 'the LAN was lost')
    assert.match(notice?.problems[0] ?? '', /not in force until they change: the LAN was lost$/)
    assert.equal(keeper.areOnTrial, false)
  })

  test('are not tried again after a restart or for a comment, but once they change', () => {
    const keeper = started(two)
    keeper.pass()
    saved(keeper, other)
    keeper.take(host)
    keeper.takeBack('the LAN was lost')
    const next = started(`# the same\n${other}`)
    assert.equal(next.isContent, false)
    assert.equal(next.take(host).settings.nat, 'auto')
    assert.equal(saved(next, `${other}\non_stop: keep`).kind, 'anew')
    assert.equal(next.take(host).settings.nat, 'always')
    assert.equal(next.areOnTrial, true)
  })

  test('are none where the first ones cost too much', () => {
    const keeper = started(two)
    keeper.takeBack('the LAN was lost')
    assert.deepEqual(keeper.reconsider(host), { kind: 'anew', leave: 'clean' })
    const { notice, obstacles } = keeper.take(host)
    assert.deepEqual([notice?.in_force, obstacles], ['none', ['the options were taken back']])
    assert.equal(started(two).isContent, false)
  })

  test('come back where they had no part in it, without a trial', () => {
    const keeper = started(two)
    keeper.pass()
    saved(keeper, other)
    keeper.take(host)
    keeper.takeBack('the LAN was lost')
    keeper.take(host)
    keeper.forgive()
    assert.equal(keeper.reconsider(host).kind, 'anew')
    assert.equal(keeper.take(host).settings.nat, 'always')
    assert.deepEqual([keeper.areOnTrial, keeper.isContent], [false, true])
  })

  test('go back to those before the trial where a second change comes during it', () => {
    const keeper = started(two)
    keeper.pass()
    for (const text of [other, `${two}on_stop: keep`]) {
      saved(keeper, text)
      keeper.take(host)
    }
    keeper.takeBack('the LAN was lost')
    const { settings } = keeper.take(host)
    assert.deepEqual([settings.nat, settings.onStop], ['auto', 'restore'])
  })

  test('are on trial still after a restart during it, and on none after one behind it', () => {
    const keeper = started(two)
    assert.equal(started(two).areOnTrial, true)
    keeper.pass()
    assert.equal(started(two).areOnTrial, false)
  })

  test('stay on trial after a restart where their rules stand and somebody knows how it was', () => {
    started(two)
    const ours = { ...host, rules: [...host.rules, ourRule({ priority: 10_900 })] }
    const next = (isRunning: boolean) => {
      const isTrialRunning = () => isRunning
      const keeper = new OptionsKeeper({ path, folder, log, isTrialRunning })
      keeper.take(ours)
      return [keeper.areOnTrial, keeper.trialGoesOn]
    }
    assert.deepEqual(next(true), [true, true])
    assert.deepEqual(next(false), [false, false])
    assert.deepEqual(next(true), [false, false], 'for it has passed')
  })

  test('are on no trial where one line leaves nothing to set up, or unknown rules stand', () => {
    const ours = { ...host, rules: [...host.rules, ourRule({ priority: 10_900 })] }
    assert.equal(started(two, ours).areOnTrial, false)
    assert.equal(started('wans: []').areOnTrial, false)
  })

  test('are looked at again where the file changed between its reading and the watch', async () => {
    const keeper = started(two)
    writeFileSync(path, other)
    let isSeen = false
    const unwatch = keeper.watch(() => {
      isSeen = keeper.reconsider(host).kind === 'anew'
    })
    await waitFor(() => isSeen, { what: 'the change to be seen' })
    unwatch()
  })

  test('are left alone while their file stays as it is, and looked at once where it is touched', async () => {
    const keeper = started(two)
    let looks = 0
    const unwatch = keeper.watch(() => {
      looks += 1
      keeper.reconsider(host)
    })
    writeFileSync(path, two)
    await waitFor(() => looks > 0, { what: 'the touch to be seen' })
    writeFileSync(path, wrong)
    await waitFor(() => looks > 1, { what: 'the slip to be seen' })
    assert.equal(looks, 2)
    rmSync(path)
    await waitFor(() => looks > 2, { what: 'the loss to be seen' })
    assert.equal(looks, 3)
    unwatch()
  })
})
