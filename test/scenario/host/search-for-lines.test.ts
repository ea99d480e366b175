/** The search for lines as the page asks for it: of a daemon without options, and of one at work. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LineSearch } from '../../../src/model/published/found-line.ts'
import { dumpHost } from '../../lab/host/dump.ts'
import { House } from '../../lab/house/house.ts'
import type { Lab } from '../../lab/lab.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { waitFor } from '../../wait-for.ts'
import { ask, command } from '../../web/ask.ts'

const port = 8099

/** Begins a search as the page does, and gives what was found and how long it took. */
async function searched(house: House): Promise<{ search: LineSearch; ms: number }> {
  const { out, err } = await house.folder.command('page')
  const [, key = ''] = /#key=([\w-]{43})\n$/.exec(out) ?? []
  assert.notEqual(key, '', out + err)
  const startMs = performance.now()
  const headers = { authorization: `Bearer ${key}` }
  const answer = await command(port, '/api/lines/search', {}, headers)
  assert.equal(answer.status, 202, answer.body)
  const search = await waitFor(
    async () => {
      const { body } = await ask({ port, path: '/api/lines' })
      const known = JSON.parse(body) as LineSearch
      return known.state === 'done' ? known : undefined
    },
    { deadlineMs: 15_000, what: 'the search to be over' },
  )
  return { search, ms: performance.now() - startMs }
}

/** Two more links: a second network of the first router, and a stick of the second one's line. */
async function plugInMore(lab: Lab): Promise<void> {
  for (const [wan, name, network] of [
    [1, 'eth1', '10.9.0'],
    [2, 'usb0', '192.168.8'],
  ] as const) {
    const gateway = lab.gateway(wan)
    await lab.host.ip([`link add ${name} type veth peer name more netns ${gateway.pid}`])
    await gateway.ip([`address add ${network}.1/24 dev more`, 'link set more up'])
    await lab.host.ip([`address add ${network}.100/24 dev ${name}`, `link set ${name} up`])
  }
}

test('a daemon without options finds four gateways and two lines within ten seconds', async (t) => {
  await using house = await House.open({ topology: 'one-subnet', withDaemon: false })
  await plugInMore(house.lab)
  house.folder.write({})
  house.start()
  await waitFor(
    () =>
      ask({ port, path: '/api/setup' }).then(
        ({ status }) => status === 200,
        () => false,
      ),
    {
      deadlineMs: 20_000,
      what: 'the page to be served',
    },
  )
  const before = await dumpHost(house.lab.host)
  const { search, ms } = await searched(house)
  t.diagnostic(`the lines were found within ${Math.round(ms)} ms`)
  assert.ok(ms < 10_000, `${ms} ms`)
  assert.deepEqual(
    search.lines.map(({ id, kind, same_as, suggested }) => [id, kind, same_as, suggested.name]),
    [
      ['eth0/192.168.0.1', 'router', null, 'primary'],
      ['eth0/192.168.0.2', 'router', null, 'secondary'],
      ['eth1/10.9.0.1', 'router', 'eth0/192.168.0.1', 'third'],
      ['usb0/192.168.8.1', 'modem', 'eth0/192.168.0.2', 'fourth'],
    ],
  )
  assert.equal(await dumpHost(house.lab.host), before)
  await house.lab.host.ip(['link delete eth1', 'link delete usb0'])
})

test('a search takes no line from a daemon at work, and no time from a client', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const before = await dumpHost(house.lab.host)
  const stream = await house.lab.client(1).startStream()
  const fromMs = monotonicMs()
  const { search } = await searched(house)
  const gapMs = stream.longestGapMs(fromMs, monotonicMs())
  await stream.stop()
  assert.deepEqual(
    search.lines.map(({ id, wan }) => [id, wan]),
    [
      ['eth0/192.168.0.1', 'primary'],
      ['eth0/192.168.0.2', 'secondary'],
    ],
  )
  assert.ok(gapMs < 250, `the client heard nothing for ${gapMs} ms`)
  assert.equal(await dumpHost(house.lab.host), before)
  const { wans, active } = house.mqtt.state() ?? {}
  assert.deepEqual(
    [active, wans?.['primary']?.state, wans?.['secondary']?.state],
    ['primary', 'up', 'up'],
  )
})
