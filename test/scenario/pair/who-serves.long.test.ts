/**
 * Which of two boxes serves: what each knows of its lines, what the user wants, and a split.
 * Here is what takes longest.
 */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { skipWithout } from '../../lab/host/requirements.ts'
import { PairHouse } from '../../lab/house/pair-house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { MachineLag } from '../../machine-lag.ts'
import { waitFor } from '../../wait-for.ts'

const skip = skipWithout('keepalived', 'setpriv', 'nsenter')

test('where both have lost their WANs, at most one move is made', { skip }, async () => {
  await using house = await PairHouse.open()
  // Who has begun earlier may have served first, until both were ready.
  for (const { daemon } of [house.first, house.second]) daemon.lines.length = 0
  await house.lab.fault({ wan: 1, kind: 'upstream-silent' })
  await house.lab.fault({ wan: 2, kind: 'upstream-silent' })
  await house.waitForBoth(/the pair: none of its WANs lives/)
  await waitFor(async () => (await house.whoServes()).length === 1, { what: 'one serves' })
  const told = [house.first, house.second].map(
    ({ daemon }) => daemon.lines.filter((line) => /gave way/.test(line)).length,
  )
  assert.ok(told[0] !== undefined && told[0] <= 1 && told[1] === 0, `gave way ${told} times`)
})

test('a line that falls silent is left as fast by the second box as by one', {
  skip,
}, async (t) => {
  await using house = await PairHouse.open()
  await house.restFirst(true)
  await house.waitUntilServing('second')
  const lag = new MachineLag()
  const stream = await house.lab.client(1).startStream({ everyMs: 20 })
  const { beforeMs } = await house.lab.fault({ wan: 1, kind: 'upstream-silent' })
  const { answer } = await stream.waitForWan(2, { afterMs: beforeMs, deadlineMs: 10_000 })
  const tookMs = Math.round(answer.atMs - beforeMs)
  t.diagnostic(`${tookMs} ms`)
  const mostMs = 1_200 + lag.allowanceMs(beforeMs, answer.atMs)
  assert.ok(tookMs <= mostMs, `${tookMs} ms, of which ${mostMs} are allowed`)
})

test('check says who serves, and that the other box is there', { skip }, async () => {
  await using house = await PairHouse.open()
  const { out } = await house.first.folder.command('check')
  assert.match(out, /^PAIR {3}192\.168\.0\.5 is on this box: it serves$/m)
  assert.doesNotMatch(out, /other box of the pair/)
  await house.second.daemon.stop()
  await house.second.node.ip(['address delete 192.168.0.4/24 dev eth0'])
  const alone = await house.first.folder.command('check')
  assert.match(alone.out, /^HINT {3}the other box of the pair, 192\.168\.0\.4, doesn't answer/m)
})

test('check hears a stranger who speaks VRRP with the number of the pair', { skip }, async () => {
  await using house = await PairHouse.open()
  const stranger = house.lab.client(2)
  const folder = house.first.folder.optionsPath.replace(/[^/]+$/, 'stranger')
  await stranger.script(`mkdir ${folder}; cat >${folder}/conf <<'END'
vrrp_instance stranger {
  interface eth0
  virtual_router_id 51
  priority 7
  virtual_ipaddress {
    192.168.0.77/32
  }
}
END
keepalived --vrrp --no-syslog --use-file ${folder}/conf --pid ${folder}/pid --vrrp_pid ${folder}/vrrp`)
  try {
    const heard = /^PAIR {3}\S+ uses the number 51 too, for 192\.168\.0\.77: with pair\.peer/m
    await waitFor(async () => heard.test((await house.first.folder.command('check')).out), {
      ...{ deadlineMs: 30_000, what: 'check names the stranger' },
    })
  } finally {
    await stranger.script(`kill $(cat ${folder}/pid)`)
  }
})

test('an address that somebody else has is not taken, and that is said', { skip }, async () => {
  await using house = await PairHouse.open()
  const { first, second } = house
  await first.daemon.stop()
  await second.daemon.stop()
  await house.lab.client(2).ip(['address add 192.168.0.5/24 dev eth0'])
  first.startAgain()
  const used = /192\.168\.0\.5 is in use by \S+, which isn't the other box: choose a free address/
  await first.daemon.waitForLine(used, { deadlineMs: 30_000 })
  const { out } = await first.folder.command('check')
  assert.match(out, used)
  assert.ok(!(await first.hasAddress()))
})

test('two boxes that cannot hear each other both serve, until they do again', {
  skip,
}, async () => {
  await using house = await PairHouse.open()
  await house.split()
  await waitFor(async () => (await house.whoServes()).length === 2, {
    ...{ deadlineMs: 15_000, what: 'both serve' },
  })
  await house.heal()
  await house.waitUntilServing('first')
})

test('a box that is alone goes on serving while other options come into force', {
  skip,
}, async () => {
  await using house = await PairHouse.open()
  const { first, second } = house
  await second.daemon.stop()
  const stream = await house.lab.client(1).startStream({ everyMs: 20 })
  const options: object = JSON.parse(readFileSync(first.folder.optionsPath, 'utf8'))
  const beforeMs = monotonicMs()
  first.daemon.lines.length = 0
  first.folder.write({ ...options, failback: { delay: 3 } })
  process.kill(first.daemon.pid, 'SIGHUP')
  await first.daemon.waitForLine(/beginning anew/, { deadlineMs: 20_000 })
  await first.daemon.waitForLine(/the pair: this box is ready/, { deadlineMs: 30_000 })
  const afterMs = monotonicMs()
  await stream.waitForAnswer({ afterMs, deadlineMs: 5_000 })
  assert.equal(stream.lostBetween(beforeMs, afterMs), 0)
  const { pair: _, ...alone } = options as Record<string, unknown>
  first.folder.write(alone)
  process.kill(first.daemon.pid, 'SIGHUP')
  await waitFor(async () => !(await first.hasAddress()), {
    ...{ deadlineMs: 20_000, what: 'without a pair the address is given back' },
  })
})
