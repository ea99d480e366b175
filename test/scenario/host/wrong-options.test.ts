/** Wrong options, too few WANs and a host that refuses: the daemon stays, observes, and says why. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Snapshot } from '../../../src/model/published/snapshot.ts'
import { dumpHost } from '../../lab/host/dump.ts'
import { DaemonProcess } from '../../lab/house/daemon-process.ts'
import { brokerOf, House, optionsOf } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { waitFor } from '../../wait-for.ts'

const page = 'http://127.0.0.1:8099'
const upMs = 20_000

const untouched = { topology: 'one-subnet', withDaemon: false } as const

/** What the page is told, once it fits. */
function shown(what: string, fits: (state: Snapshot) => boolean, deadlineMs = upMs) {
  return waitFor(
    async () => {
      const answer = await fetch(`${page}/api/state`).catch(() => null)
      const state = answer?.ok === true ? ((await answer.json()) as Snapshot) : null
      return state !== null && fits(state) ? state : undefined
    },
    { deadlineMs, what },
  )
}

function rightOptions(house: House) {
  return { ...optionsOf(house.lab.plan), ...brokerOf(house.mqtt) }
}

function slipped(house: House) {
  const right = rightOptions(house)
  return { ...right, wans: [right.wans[0], { ...right.wans[1], gateway: '192.168.0.300' }] }
}

const slip = /^wans\[1\]\.gateway: found "192\.168\.0\.300", expected an IPv4 address/

test('with wrong options it observes, says each on every way, and begins once they are right', async () => {
  await using house = await House.open(untouched)
  const before = await dumpHost(house.lab.host)
  house.folder.write({ ...slipped(house), natt: 'auto' })
  house.start()
  const { options, problems, wans } = await shown('the page', () => true)
  assert.equal(options?.in_force, 'none')
  assert.match(options?.problems[0] ?? '', slip)
  assert.match(options?.problems[1] ?? '', /^natt: found an unknown option, expected nat, perhaps/)
  assert.equal(problems[0], 'observing only: the options are wrong')
  assert.deepEqual(Object.keys(wans), [])
  const health = await fetch(`${page}/health`)
  assert.equal(health.status, 200)
  assert.match(await health.text(), /wrong option: wans\[1\]\.gateway/)
  const asked = await house.folder.command('health')
  assert.equal(asked.code, 0)
  assert.match(asked.out, /wrong option: wans\[1\]\.gateway/)
  assert.match((await house.folder.command('status')).out, /wrong option: wans\[1\]\.gateway/)
  await house.daemon.waitForLine(/ERROR: wrong option: wans\[1\]\.gateway/, { deadlineMs: 5_000 })
  await house.mqtt.waitForState(({ problems }) => problems.some((each) => each.includes('natt')), {
    deadlineMs: 5_000,
    what: 'the broker that the options name',
  })
  assert.equal((await house.folder.command('check')).code, 1)
  assert.equal(await dumpHost(house.lab.host), before)

  house.folder.write(rightOptions(house))
  await house.waitUntilUp()
  assert.equal((await shown('no notice', (state) => state.options === undefined)).active, 'primary')
  assert.equal(await house.daemon.stop(), 0)
  assert.equal(await dumpHost(house.lab.host), before)
})

test('a slip changes nothing while it runs, nor at the next start', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const stream = await house.lab.client(1).startStream()
  const first = await stream.waitForWan(1, { afterMs: 0, deadlineMs: 10_000 })
  house.folder.write(slipped(house))
  const running = await shown('the slip', (state) => state.options !== undefined)
  assert.equal(running.options?.in_force, 'earlier')
  assert.match(running.options?.problems[0] ?? '', slip)
  assert.equal(running.active, 'primary')
  await house.daemon.end('SIGKILL')
  house.startAgain()
  const again = await shown('the last right ones', (state) => state.wans['primary']?.state === 'up')
  assert.equal(again.options?.in_force, 'earlier')
  assert.equal(again.options?.since, running.options?.since)
  const last = await stream.waitForWan(1, { afterMs: monotonicMs(), deadlineMs: 10_000 })
  await stream.stop()
  assert.equal(stream.lostBetween(first.sentMs, last.sentMs), 0)
  house.folder.write(rightOptions(house))
  await shown('it to be mended', (state) => state.options === undefined)
})

test('other options are taken without a restart, and what they leave alone loses no packet', async () => {
  // By the second WAN, where nothing but our rules leads it.
  const guest = { name: 'guest', from: ['all'], use: ['secondary', 'primary'] }
  const policies = [guest]
  await using house = await House.open({ topology: 'one-subnet', options: { policies } })
  const { pid } = house.daemon
  const stream = await house.lab.client(1).startStream()
  const first = await stream.waitForWan(2, { afterMs: 0, deadlineMs: 10_000 })
  for (const name of ['tablet', 'camera', 'phone']) {
    policies.unshift({ ...guest, name, from: ['192.168.0.77'] })
    house.folder.write({ ...rightOptions(house), policies })
    await shown(`the policy ${name}`, (state) => state.policies[name]?.wan === 'secondary')
  }
  const last = await stream.waitForWan(2, { afterMs: monotonicMs(), deadlineMs: 10_000 })
  await stream.stop()
  assert.equal(stream.lostBetween(first.sentMs, last.sentMs), 0)
  const ways = new Set(stream.between(first.sentMs, last.sentMs).map(({ answer }) => answer?.wan))
  assert.deepEqual([...ways], [2])
  assert.equal(house.daemon.pid, pid)
  assert.ok(house.daemon.running)
})

test('with one WAN it observes, and takes away what two have set up', async () => {
  await using house = await House.open(untouched)
  const before = await dumpHost(house.lab.host)
  house.start()
  await house.waitUntilUp()
  const right = rightOptions(house)
  house.folder.write({ ...right, wans: [right.wans[0]] })
  const one = /^observing only: the options name one WAN, primary: failover needs two$/
  await shown('one WAN', ({ problems }) => problems.some((problem) => one.test(problem)))
  assert.equal(await dumpHost(house.lab.host), before)
  assert.equal((await house.folder.command('check')).code, 0)
})

test('a refused table is left alone until it is empty; then it begins', async () => {
  await using house = await House.open(untouched)
  const { host } = house.lab
  await host.ip(['route add default via 192.168.0.2 table 101'])
  const before = await dumpHost(host)
  house.start()
  const { options } = await shown('the page', () => true)
  assert.match(
    options?.problems[0] ?? '',
    /^wans\[1\]\.table: found 101, expected .*holds routes that are not ours .*ip route flush table 101/,
  )
  assert.equal(await dumpHost(host), before)
  const checked = await house.folder.command('check')
  assert.equal(checked.code, 1)
  assert.match(checked.out, /ERROR {2}table 101/)
  await host.ip(['route flush table 101'])
  process.kill(house.daemon.pid, 'SIGHUP')
  await house.waitUntilUp()
})

const lacking = [
  {
    what: 'capabilities',
    circumstances: {
      wrapper: ['setpriv', '--bounding-set', '-net_admin', '--inh-caps', '-net_admin'],
    },
    reason: /^observing only: this process lacks NET_ADMIN: it may not change rules/,
  },
  {
    what: 'ip',
    circumstances: { environment: { PATH: '/nowhere' } },
    reason: /^observing only: ip \(package iproute2\) is not installed/,
  },
]

describe('where the host lacks what it needs', () => {
  let house: House
  before(async () => {
    house = await House.open(untouched)
  })
  after(() => house.close())

  for (const { what, circumstances, reason } of lacking) {
    test(`without ${what} it observes, says so, and ends in order`, async () => {
      const dumped = await dumpHost(house.lab.host)
      const daemon = new DaemonProcess(house.folder, circumstances)
      const { problems } = await shown('the page', () => true)
      assert.match(problems[0] ?? '', reason)
      assert.equal(await daemon.stop(), 0)
      assert.doesNotMatch(daemon.lines.join('\n'), /cleanup|removing/)
      assert.equal(await dumpHost(house.lab.host), dumped)
    })
  }
})
