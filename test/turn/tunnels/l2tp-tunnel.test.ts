/** When a tunnel is dialled, and what users hear where it comes to nothing. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import type { DaemonEvent } from '../../../src/model/event.ts'
import type { WanHealth } from '../../../src/model/health.ts'
import type { HostState } from '../../../src/model/host.ts'
import type { L2tpWish } from '../../../src/model/tunnel/dial.ts'
import { resolveUplinks } from '../../../src/network/uplinks.ts'
import type { Decided } from '../../../src/turn/concern.ts'
import { Tunnels } from '../../../src/turn/concerns/tunnels.ts'
import { bothFamilies } from '../../examples/both-families.ts'
import { exampleDecided } from '../../examples/example-decided.ts'
import { exampleHealth } from '../../examples/example-health.ts'
import { exampleHost, oneSubnet } from '../../examples/example-host.ts'
import { exampleRoute } from '../../examples/example-route.ts'
import { settingsOf } from '../../examples/settings-of.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'

const up = exampleHealth('up')
const silent = exampleHealth('up', { suspectSinceMs: 1 })
const down = exampleHealth('down', { reason: 'no reply' })
const allUp = { primary: up, secondary: up, home_ip: up }
const dead = { ...allUp, home_ip: down }
const connected = exampleHost([
  { name: 'eth0', addresses: ['192.168.0.3/24'] },
  { name: 'wf-home_ip', addresses: ['203.0.113.80/32'] },
])

let log: RecordedLog
let tunnels: Tunnels
let settings: ReturnType<typeof settingsOf>
let nowMs = 0

beforeEach(() => begin())

function begin(server = '203.0.113.9', more = ''): void {
  log = new RecordedLog()
  settings = settingsOf(`
wans:
  - { name: primary, gateway: 192.168.0.1 }
  - { name: secondary, gateway: 192.168.0.2 }
tunnels:
  - { name: home_ip, kind: l2tp, endpoint: "${server}:1701", username: house, password: SECRET, ${more} }
`)
  tunnels = new Tunnels(settings, log)
  nowMs = 0
}

type Healths = Readonly<Record<string, WanHealth>>
interface Turn {
  readonly afterMs?: number
  readonly stands?: boolean
  readonly host?: HostState
}

/** One turn: how it dials, and the kinds of all that is to be done. */
function turn(healths: Healths, { afterMs = 1_000, stands = true, host = oneSubnet }: Turn = {}) {
  nowMs += afterMs
  const decided: Decided = exampleDecided({
    ...{ nowMs, wallMs: 1_000_000_000_000 + nowMs, host },
    uplinks: resolveUplinks(settings.wans, host),
    healths: bothFamilies(new Map(Object.entries(healths))),
  })
  tunnels.wishes(decided)
  const errands = tunnels.afterwards(decided, stands)
  const dialled = errands.flatMap((one): L2tpWish[] =>
    one.kind === 'dial_tunnel' ? [one.wish] : [],
  )
  return { wish: dialled[0] ?? null, errands, kinds: errands.map(({ kind }) => kind) }
}

function tell(event: Extract<DaemonEvent, { kind: 'tunnel' | 'dialled' }>): void {
  tunnels.take(event, { nowMs, wallMs: 0, uplinks: [], inUse: new Set() })
}

function listened(refusal: string | null): void {
  tell({ kind: 'dialled', tunnel: 'home_ip', report: { kind: 'listened', refusal } })
}

test('it is dialled once the rule of its line stands, with nothing secret in the log', () => {
  assert.equal(turn(dead, { stands: false }).wish, null)
  const { wish } = turn(dead)
  assert.deepEqual(wish?.endpoint, { host: '203.0.113.9', port: 1_701 })
  assert.deepEqual([wish?.line, wish?.port, wish?.link], ['primary', 61_902, 'wf-home_ip'])
  assert.equal(turn(dead).wish, null)
  assert.doesNotMatch(log.lines.join('\n') + JSON.stringify(tunnels.figures()), /SECRET|house/)
})

test('it is dialled anew by another line after a verdict, and not for a mere doubt', () => {
  turn(allUp, { host: connected })
  assert.equal(turn({ ...allUp, primary: silent }, { host: connected }).wish, null)
  assert.equal(turn({ ...allUp, home_ip: silent }, { host: connected }).wish, null)
  const moved = turn({ ...allUp, primary: down, home_ip: down }, { host: connected })
  assert.equal(moved.wish?.line, 'secondary')
})

test('where nobody answers by the one line it has, it is dialled again, ever more slowly', () => {
  begin('203.0.113.9', 'over: [primary]')
  const seen: number[] = []
  for (let second = 1; second <= 200; second += 1) {
    if (turn(dead).wish !== null) seen.push(second)
  }
  assert.deepEqual(seen, [1, 11, 31, 71, 131, 191])
})

test('a server that hangs up is dialled again after a second', () => {
  begin('203.0.113.9', 'over: [primary]')
  turn(allUp, { host: connected })
  turn(allUp, { host: connected, afterMs: 60_000 })
  assert.equal(turn(dead).wish, null)
  assert.notEqual(turn(dead).wish, null)
})

test('who is let in late has the time to answer a probe before it is dialled again', () => {
  begin('203.0.113.9', 'over: [primary]')
  assert.notEqual(turn(dead).wish, null)
  assert.equal(turn(dead, { afterMs: 9_000, host: connected }).wish, null)
  assert.equal(turn(dead, { afterMs: 9_000, host: connected }).wish, null)
  assert.notEqual(turn(dead, { afterMs: 2_000, host: connected }).wish, null)
})

test('its time begins when the programs do, and once more when it is let in', () => {
  begin('203.0.113.9', 'over: [primary]')
  turn(dead)
  turn(dead, { afterMs: 5_000 })
  tell({ kind: 'dialled', tunnel: 'home_ip', report: { kind: 'dialling' } })
  assert.equal(turn(dead, { afterMs: 5_500 }).wish, null)
  assert.equal(turn(dead, { afterMs: 4_000, host: connected }).wish, null)
  assert.deepEqual(tunnels.problems(), [])
  turn(dead, { afterMs: 6_500, host: connected })
  assert.match(tunnels.problems()[0] ?? '', /has given 203\.0\.113\.80 by primary, but nothing/)
})

test('while its line is down nobody dials by it', () => {
  begin('203.0.113.9', 'over: [primary]')
  turn(allUp, { host: connected })
  for (let second = 1; second <= 60; second += 1) {
    assert.equal(turn({ ...dead, primary: down }).wish, null)
  }
  assert.equal(turn(dead).wish, null, 'it may go on')
  assert.notEqual(turn(dead, { afterMs: 5_000 }).wish, null)
})

test('the route that PPP leaves in main is taken away, and lacking IPv6 is added', () => {
  const routes = [exampleRoute('10.77.0.1 dev wf-home_ip scope link')]
  turn(allUp, { host: connected })
  assert.ok(!turn(allUp, { host: connected }).kinds.includes('settle_dialled'))
  const { errands } = turn(allUp, { host: { ...connected, routes } })
  assert.deepEqual(
    errands.find(({ kind }) => kind === 'settle_dialled'),
    { kind: 'settle_dialled', link: 'wf-home_ip', address: [] },
  )
  begin('203.0.113.9', 'address: ["203.0.113.80/32", "2001:db8:80::/56"]')
  assert.ok(turn(allUp, { host: connected }).kinds.includes('settle_dialled'))
})

test('why there is no connection is said once, and no more when there is one', () => {
  turn(dead)
  listened('it refuses the username or the password')
  turn(dead)
  const [problem = ''] = tunnels.problems()
  assert.match(
    problem,
    /home_ip: primary works, but 203\.0\.113\.9:1701 gives no connection: it ref/,
  )
  turn(dead)
  assert.equal(log.lines.filter((line) => line.includes('it refuses')).length, 1)
  turn(allUp, { host: connected })
  assert.deepEqual(tunnels.problems(), [])
})

test('a server that gives no connection is named after six seconds, not at once by a new line', () => {
  turn(dead)
  turn(dead, { afterMs: 7_000 })
  assert.match(tunnels.problems()[0] ?? '', /primary works, but .* is the server running\?/)
  turn({ ...dead, primary: down })
  turn({ ...dead, primary: down })
  assert.deepEqual(tunnels.problems(), [])
})

test('another address than the options have is named', () => {
  begin('203.0.113.9', 'address: [203.0.113.81/32]')
  turn(allUp, { host: connected })
  assert.match(tunnels.problems()[0] ?? '', /has given 203\.0\.113\.80, not 203\.0\.113\.81/)
})

test('what it can’t be dialled for is said once', () => {
  turn(dead)
  const report = { kind: 'not_dialled', reason: 'xl2tpd is not installed' } as const
  for (let i = 0; i < 3; i += 1) tell({ kind: 'dialled', tunnel: 'home_ip', report })
  turn(dead)
  assert.deepEqual(tunnels.problems(), [
    "the tunnel home_ip can't be set up: xl2tpd is not installed",
  ])
  assert.equal(log.lines.filter((line) => line.includes('not installed')).length, 1)
})

test("a server's name is asked for by the line, and IPv4 is what counts of the answer", () => {
  begin('l2tp.example.org')
  const { errands, wish } = turn(dead)
  assert.equal(wish, null)
  assert.ok(errands.some((one) => one.kind === 'resolve_endpoint' && one.line === 'primary'))
  const resolved = (addresses: readonly string[]) =>
    tell({
      ...{ kind: 'tunnel', tunnel: 'home_ip' },
      report: { kind: 'resolved', line: 'primary', addresses },
    })
  resolved(['2001:db8::9'])
  turn(dead)
  assert.match(tunnels.problems()[0] ?? '', /nobody knows l2tp\.example\.org by primary/)
  resolved(['2001:db8::9', '203.0.113.9'])
  assert.equal(turn(dead).wish?.endpoint.host, '203.0.113.9')
})

test('it never asks to be woken in the past, which would keep the loop busy', () => {
  const each: readonly Healths[] = [{}, allUp, dead, { primary: down }]
  for (const server of ['203.0.113.9', 'l2tp.example.org']) {
    begin(server)
    for (const healths of [...each, ...each, ...each]) {
      for (const host of [oneSubnet, connected]) {
        turn(healths, { afterMs: 4_000, host })
        assert.ok(tunnels.wakeAtMs() > nowMs, JSON.stringify(healths))
      }
    }
  }
})
