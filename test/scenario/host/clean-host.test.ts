import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { dumpHost } from '../../lab/host/dump.ts'
import { breakLine } from '../../lab/house/break-line.ts'
import { DaemonProcess } from '../../lab/house/daemon-process.ts'
import { House, type HouseOptions } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { MachineLag } from '../../machine-lag.ts'
import { waitFor } from '../../wait-for.ts'

const lag = new MachineLag()

const oneSubnet: HouseOptions = { topology: 'one-subnet', ipv6: true }

test('after the stop rules, routes and nft are as before, also those of others', async () => {
  await using house = await House.open({ ...oneSubnet, withDaemon: false })
  const { host } = house.lab
  await host.ip([
    'rule add pref 5000 from 192.0.2.7 lookup 77',
    'route add 198.51.100.0/24 via 192.168.0.2 table 77',
  ])
  await host.nft('table inet others { chain c { type filter hook input priority 0; counter; }; }')
  const before = await dumpHost(host)
  house.start()
  await house.waitUntilUp()
  assert.notEqual(await dumpHost(host), before)
  assert.equal(await house.daemon.stop(), 0)
  assert.equal(await dumpHost(host), before)
  await host.ip(['rule del pref 5000', 'route flush table 77'])
  await host.nft('delete table inet others')
})

test('with on_stop: keep the rules stay, and cleanup takes everything away', async () => {
  await using house = await House.open({ ...oneSubnet, options: { on_stop: 'keep' } })
  const { host } = house.lab
  await house.daemon.stop()
  assert.match(await host.run('ip', 'rule', 'show'), /10900:\tfrom all lookup 100 proto 201/)
  await host.ip(['route add 10.9.9.0/24 via 192.168.0.2 table 177 proto 201'])
  const done = await house.folder.command('cleanup')
  assert.equal(done.code, 0, done.err)
  const after = await dumpHost(host)
  assert.doesNotMatch(after, /201|wan_failover/)
})

test('a killed daemon leaves its decision standing; the next start adopts it without a gap', async () => {
  await using house = await House.open({
    ...oneSubnet,
    options: { failback: { delay: 600, max_hold_down: 600 } },
  })
  const { lab } = house
  const stream = await lab.client(1).startStream()
  const fault = await breakLine(house, { wan: 1, kind: 'upstream-silent' })
  await lab.repair(1)
  const moved = await stream.waitForWan(2, { afterMs: fault.afterMs, deadlineMs: 5_000 })
  await house.daemon.end('SIGKILL')
  house.startAgain()
  await house.daemon.waitForLine(/found the rules of an earlier run: secondary is in use/, {
    deadlineMs: 20_000,
  })
  await house.waitUntilUp()
  const last = await stream.waitForWan(2, { afterMs: moved.sentMs + 3_000, deadlineMs: 20_000 })
  await stream.stop()
  assert.equal(stream.lostBetween(moved.sentMs, last.sentMs), 0)
  const ways = new Set(stream.between(moved.sentMs, last.sentMs).map(({ answer }) => answer?.wan))
  assert.deepEqual([...ways], [2])
})

describe('a daemon that runs', () => {
  let house: House
  before(async () => {
    house = await House.open(oneSubnet)
  })
  after(() => house.close())

  test('a second instance refuses to start, and cleanup refuses beside a running one', async () => {
    const second = new DaemonProcess(house.folder)
    assert.equal(await second.ended(20_000), 1)
    assert.match(second.lines.join('\n'), /another WAN Failover already runs in this network/)
    const done = await house.folder.command('cleanup')
    assert.equal(done.code, 1)
    assert.ok(house.daemon.running)
  })

  test('what others delete comes back within a second, and the log names it', async () => {
    const { host } = house.lab
    // In which order nft lists the chains of a table means nothing.
    const standing = async () => (await dumpHost(host)).split('\n').sort().join('\n')
    const decided = await standing()
    const losses: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
      ['a rule', () => host.ip(['rule del pref 10000']), /rule 10000/],
      ['the failover rule', () => host.ip(['rule del pref 10900']), /rule 10900/],
      ['a table', () => host.ip(['route flush table 101']), /route .*0\.0\.0\.0\/0|default/],
      ['all of nft', () => host.nft('flush ruleset'), /nft table inet wan_failover/],
    ]
    for (const [what, lose, named] of losses) {
      house.daemon.lines.length = 0
      await lose()
      const sinceMs = monotonicMs()
      await waitFor(async () => (await standing()) === decided, {
        deadlineMs: 10_000,
        what: `${what} to come back`,
      })
      // The machine may be slow; a second is the promise, so a generous multiple is the check.
      const nowMs = monotonicMs()
      assert.ok(nowMs - sinceMs < 3_000 + lag.allowanceMs(sinceMs, nowMs), `${what} took too long`)
      await house.daemon.waitForLine(named, { deadlineMs: 5_000 })
    }
  })

  test('another program that deletes in a loop is not fought stroke by stroke, and is named', async () => {
    const { host } = house.lab
    let strokes = 0
    await waitFor(
      async () => {
        const rules = await host.run('ip', 'rule', 'show', 'pref', '10000')
        if (rules.trim() !== '') {
          strokes += 1
          await host.ip(['rule del pref 10000'])
        }
        return house.daemon.lines.some((line) => line.includes('another program keeps deleting'))
      },
      { deadlineMs: 60_000, what: 'the fight to be named', everyMs: 20 },
    )
    assert.ok(strokes >= 10 && strokes <= 13, `${strokes} strokes`)
  })
})
