import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { House } from '../lab/house/house.ts'
import { monotonicMs } from '../lab/measure/monotonic.ts'
import { waitFor } from '../wait-for.ts'
import { ask, command } from './ask.ts'

const port = 8099

/** As who runs `sudo wan-failover page` opens it. */
async function bearerOf({ folder }: House): Promise<{ authorization: string }> {
  const { out, err } = await folder.command('page')
  const [, key = ''] = /^http:\/\/localhost:8099\/#key=([\w-]{43})\n$/.exec(out) ?? []
  assert.notEqual(key, '', out + err)
  return { authorization: `Bearer ${key}` }
}

describe('with two interfaces', () => {
  let house: House
  before(async () => {
    house = await House.open({ topology: 'two-interfaces' })
  })
  after(() => house.close())

  test('the daemon serves its page on this host: state, setup, explanations, metrics, history', async () => {
    const json = async (path: string) => JSON.parse((await ask({ port, path })).body)
    const state = await json('/api/state')
    assert.equal(state.wans.primary.state, 'up')
    assert.equal(state.active, 'primary')
    const setup = await json('/api/setup')
    assert.deepEqual(setup.observing, [])
    assert.deepEqual(
      setup.wans.map(({ name, gateway, interface: link }: Record<string, string>) => [
        name,
        gateway,
        link,
      ]),
      [
        ['primary', '10.1.0.1', 'wan1'],
        ['secondary', '10.2.0.1', 'wan2'],
      ],
    )
    assert.ok(setup.found.interfaces.some(({ name }: { name: string }) => name === 'wan1'))
    const told = await house.folder.command('explain', '--from', '192.168.0.11', '--json')
    const explained = await json('/api/explain?from=192.168.0.11')
    assert.deepEqual(
      explained.answers.map(({ wan }: { wan: string }) => wan),
      JSON.parse(told.out).answers.map(({ wan }: { wan: string }) => wan),
    )
    assert.deepEqual(Object.keys(explained), Object.keys(JSON.parse(told.out)))
    assert.match(
      (await ask({ port, path: '/metrics' })).body,
      /wan_failover_wan_up\{wan="primary"\} 1/,
    )
    const now = Date.now()
    const history = await json(`/api/history?from=${now - 3_600_000}&to=${now + 10_000}`)
    assert.ok(history.wans.primary.at.length > 0)
    const health = await house.folder.command('health')
    assert.equal(health.code, 0, health.err)
  })

  test('a command that can not be done is accepted, and why not is among the problems', async () => {
    await house.lab.fault({ wan: 2, kind: 'upstream-silent' })
    await house.mqtt.waitForState(({ wans }) => wans['secondary']?.state === 'down', {
      deadlineMs: 20_000,
      what: 'the secondary to be down',
    })
    const bearer = await bearerOf(house)
    assert.equal((await command(port, '/api/test_failover', { on: true }, bearer)).status, 202)
    await waitFor(
      async () => {
        const { problems } = JSON.parse((await ask({ port, path: '/api/state' })).body)
        return problems.some((problem: string) => /was refused/.test(problem))
      },
      { deadlineMs: 5_000, what: 'the refusal' },
    )
  })
})

test('a failover test that is asked for by the page moves a client, and is in the history', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const stream = await house.lab.client(1).startStream()
  const refused = await command(port, '/api/test_failover', { on: true })
  assert.deepEqual([refused.status, /sudo wan-failover page/.test(refused.body)], [401, true])
  const bearer = await bearerOf(house)
  const beforeMs = monotonicMs()
  assert.equal((await command(port, '/api/test_failover', { on: true }, bearer)).status, 202)
  await stream.waitForWan(2, { afterMs: beforeMs, deadlineMs: 20_000 })
  await stream.stop()
  assert.equal((await command(port, '/api/test_failover', { on: false }, bearer)).status, 202)
  const told = await waitFor(
    async () => {
      const path = `/api/history?from=${Date.now() - 3_600_000}&to=${Date.now() + 10_000}`
      const { events } = JSON.parse((await ask({ port, path })).body)
      const types: string[] = events.map(({ event_type }: { event_type: string }) => event_type)
      return types.includes('test_ended') && types.includes('failback') ? events : null
    },
    { deadlineMs: 20_000, what: 'the test to be over' },
  )
  for (const type of ['test_started', 'failover']) {
    const event = told.find(({ event_type }: { event_type: string }) => event_type === type)
    assert.ok(event.lasted_ms > 0, `${type} lasted ${event.lasted_ms} ms`)
  }
})
