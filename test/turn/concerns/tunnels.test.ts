/** What a tunnel wants of each turn, and what users hear of it. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import type { WanHealth } from '../../../src/model/health.ts'
import type { TunnelReport } from '../../../src/model/tunnel/tunnel-device.ts'
import { resolveUplinks } from '../../../src/network/uplinks.ts'
import type { Decided } from '../../../src/turn/concern.ts'
import { Tunnels } from '../../../src/turn/concerns/tunnels.ts'
import { bothFamilies } from '../../examples/both-families.ts'
import { exampleDecided } from '../../examples/example-decided.ts'
import { exampleHealth } from '../../examples/example-health.ts'
import { exampleHost, oneSubnet } from '../../examples/example-host.ts'
import { settingsOf } from '../../examples/settings-of.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'

const peerKey = 'zY+8m1n0/2aZbVqk3w9sX5t7u1v3y5A7C9E1G3I5K7M='
const secret = 'SECRET8m1n0+2aZbVqk3w9sX5t7u1v3y5A7C9E1G3I0='

function settingsWith(server: string, more = '') {
  return settingsOf(`
wans:
  - { name: primary, gateway: 192.168.0.1 }
  - { name: secondary, gateway: 192.168.0.2, metered: true }
tunnels:
  - name: home_ip
    endpoint: "${server.includes(':') ? `[${server}]` : server}:51820"
    peer_key: "${peerKey}"
    private_key: "${secret}"
    address: [203.0.113.80/32]
    ${more}
`)
}

const up = exampleHealth('up')
const silent = exampleHealth('up', { suspectSinceMs: 1 })
const down = exampleHealth('down', { reason: 'no reply' })

let log: RecordedLog
let tunnels: Tunnels
let settings: ReturnType<typeof settingsWith>
let nowMs = 0

beforeEach(() => begin('203.0.113.9'))

function begin(server: string, more = 'over: [primary, secondary]'): void {
  log = new RecordedLog()
  settings = settingsWith(server, more)
  tunnels = new Tunnels(settings, log)
  nowMs = 0
}

type Healths = Readonly<Record<string, WanHealth>>

/** One turn: where it rides, and what is to be done, by kind. */
function turn(healths: Healths, { afterMs = 1_000, stands = true, host = oneSubnet } = {}) {
  nowMs += afterMs
  const decided: Decided = exampleDecided({
    ...{ nowMs, wallMs: 1_000_000_000_000 + nowMs, host },
    uplinks: resolveUplinks(settings.wans, host),
    healths: bothFamilies(new Map(Object.entries(healths))),
  })
  const { rides = [] } = tunnels.wishes(decided)
  const errands = tunnels.afterwards(decided, stands)
  return { line: rides[0]?.line, errands, kinds: errands.map(({ kind }) => kind) }
}

function tell(report: TunnelReport): void {
  const seen = { nowMs, wallMs: 0, uplinks: [], inUse: new Set<string>() }
  tunnels.take({ kind: 'tunnel', tunnel: 'home_ip', report }, seen)
}

const allUp = { primary: up, secondary: up, home_ip: up }

test('its device is asked for at once, without a word of the key in the log', () => {
  const { line, errands } = turn({ primary: up, secondary: up })
  assert.equal(line, 'primary')
  const tend = errands.find(({ kind }) => kind === 'tend_tunnel')
  assert.ok(tend?.kind === 'tend_tunnel')
  assert.deepEqual(tend.wish.endpoint, { host: '203.0.113.9', port: 51820 })
  assert.deepEqual(tend.wish.lines, ['eth0', 'eth0'])
  tell({ kind: 'tended', publicKey: 'PUBLIC' })
  assert.match(textOf(log), /home_ip is set up; its public key is PUBLIC/)
  assert.doesNotMatch(textOf(log) + JSON.stringify(tunnels.figures()), /SECRET/)
})

test('it is asked for again when its interface has gone, and not without a reason', () => {
  turn(allUp)
  tell({ kind: 'tended', publicKey: 'PUBLIC' })
  const there = exampleHost([
    { name: 'eth0', addresses: ['192.168.0.3/24'] },
    { name: 'wf-home_ip', addresses: ['203.0.113.80/32'] },
  ])
  turn(allUp, { host: there, afterMs: 5_000 })
  assert.ok(!turn(allUp, { host: there, afterMs: 5_000 }).kinds.includes('tend_tunnel'))
  assert.ok(turn(allUp, { afterMs: 5_000 }).kinds.includes('tend_tunnel'))
})

test('the server is told once the rule stands, and only of another line', () => {
  assert.ok(!turn(allUp, { stands: false }).kinds.includes('nudge_tunnel'))
  assert.ok(turn(allUp).kinds.includes('nudge_tunnel'))
  assert.ok(!turn(allUp).kinds.includes('nudge_tunnel'))
  const moved = turn({ ...allUp, primary: down })
  assert.equal(moved.line, 'secondary')
  assert.ok(moved.kinds.includes('nudge_tunnel'))
  assert.match(
    textOf(log),
    /secondary carries home_ip instead of primary: primary is down: no reply/,
  )
})

test('a suspicion leads it to no metered line, a verdict does', () => {
  turn(allUp)
  assert.equal(turn({ ...allUp, primary: silent, home_ip: silent }).line, 'primary')
  assert.equal(turn({ ...allUp, primary: down, home_ip: silent }).line, 'secondary')
})

test('a metered line that nobody has named carries it only if a policy may use both', () => {
  begin('203.0.113.9', '')
  turn(allUp)
  assert.equal(turn({ ...allUp, primary: down }).line, 'primary')
})

test('where nobody answers in it by a healthy line, others are tried, ever more slowly', () => {
  turn(allUp)
  tell({ kind: 'tended', publicKey: 'PUBLIC' })
  const seen: number[] = []
  let before = 'primary'
  for (let second = 1; second <= 120; second += 1) {
    const { line } = turn({ ...allUp, home_ip: down })
    if (line === before || line === undefined || line === null) continue
    seen.push(second)
    before = line
  }
  assert.ok(seen.length >= 3 && seen.length <= 8, `changed after ${seen.join(', ')} s`)
})

test('a device that took long to set up gets the time of a first handshake by its line', () => {
  const settingUp = { ...allUp, home_ip: down }
  turn(settingUp)
  turn(settingUp, { afterMs: 10_000 })
  tell({ kind: 'tended', publicKey: 'PUBLIC' })
  assert.equal(turn(settingUp, { afterMs: 1_000 }).line, 'primary')
  assert.equal(turn(settingUp, { afterMs: 3_000 }).line, 'secondary')
})

test('who has begun to answer in it is not left for another line while that is being counted', () => {
  const settingUp = { ...allUp, home_ip: down }
  turn(settingUp)
  tell({ kind: 'tended', publicKey: 'PUBLIC' })
  const answering = exampleHealth('down', { answersSinceMs: 1 })
  assert.equal(turn({ ...allUp, home_ip: answering }, { afterMs: 3_500 }).line, 'primary')
  assert.equal(turn(settingUp, { afterMs: 500 }).line, 'secondary')
})

test('a server without a handshake is named with its line and our key, and what a ping says', () => {
  begin('203.0.113.9', 'over: [primary]')
  turn(allUp)
  tell({ kind: 'tended', publicKey: 'PUBLIC' })
  const dead = { ...allUp, home_ip: down }
  turn(dead)
  assert.deepEqual(tunnels.problems(), [])
  const { kinds, errands } = turn(dead, { afterMs: 2_000 })
  assert.ok(kinds.includes('look_at_tunnel'))
  const asked = errands.find(({ kind }) => kind === 'ask_server_of_tunnel')
  const outside = { wan: 0, address: '203.0.113.9' }
  const by = { tunnel: 'home_ip', line: 'primary' }
  assert.deepEqual(asked, { kind: 'ask_server_of_tunnel', ...by, outside, inside: null })
  const problem = (...reports: TunnelReport[]) => {
    reports.forEach(tell)
    turn(dead, { afterMs: 100 })
    return tunnels.problems()[0] ?? ''
  }
  turn(dead, { afterMs: 4_000 })
  const pinged = { kind: 'asked', line: 'primary', outside: true, inside: null } as const
  const before = { kind: 'looked', handshakeMs: 999_999_000_000, isWhole: true } as const
  const since = {
    kind: 'looked',
    handshakeMs: 1_000_000_000_000 + nowMs - 1_000,
    isWhole: true,
  } as const
  assert.match(problem(), /no handshake with 203\.0\.113\.9:51820: .*our public key PUBLIC\?/)
  assert.match(problem(pinged), /answers a ping by primary, but .* no handshake with it: key\? /)
  assert.match(problem(before), /answers a ping .*, but its WireGuard has fallen silent/)
  assert.match(problem({ ...pinged, outside: false }), /not even an answer to a ping: is the/)
  assert.match(problem({ ...pinged, inside: true }), /answers by primary, but nothing comes from/)
  assert.match(problem(pinged, since), /answers by primary, but nothing comes from the Internet/)
  assert.match(textOf(log), /WARN.*its WireGuard has fallen silent/i)
  turn(allUp)
  assert.deepEqual(tunnels.problems(), [])
  assert.ok(!turn(allUp, { afterMs: 60_000 }).kinds.includes('ask_server_of_tunnel'))
})

test('a device that another program has emptied is set up anew', () => {
  turn(allUp)
  tell({ kind: 'tended', publicKey: 'PUBLIC' })
  turn(allUp, { afterMs: 10_000 })
  tell({ kind: 'looked', handshakeMs: null, isWhole: true })
  assert.ok(!turn(allUp).kinds.includes('tend_tunnel'))
  tell({ kind: 'looked', handshakeMs: null, isWhole: false })
  assert.ok(turn(allUp).kinds.includes('tend_tunnel'))
})

test('a key is not suspected for the time in which the tunnel could not be set up', () => {
  begin('203.0.113.9', 'over: [primary]')
  turn(allUp)
  tell({ kind: 'tended', publicKey: 'PUBLIC' })
  const dead = { ...allUp, home_ip: down }
  turn(dead)
  tell({ kind: 'failed', reason: 'it broke' })
  turn(dead, { afterMs: 6_000 })
  assert.deepEqual(tunnels.problems(), ["the tunnel home_ip can't be set up: it broke"])
  tell({ kind: 'tended', publicKey: 'PUBLIC' })
  turn(dead, { afterMs: 5_000 })
  assert.deepEqual(tunnels.problems(), [])
  turn(dead, { afterMs: 2_000 })
  assert.match(tunnels.problems()[0] ?? '', /no handshake/)
})

test("in a new silence each line is asked at once what the server's name means now", () => {
  begin('vpn.example.org')
  const named = (addresses: readonly string[], line = 'primary') =>
    tell({ kind: 'resolved', line, addresses })
  turn(allUp)
  named(['203.0.113.9'])
  turn(allUp)
  tell({ kind: 'tended', publicKey: 'PUBLIC' })
  turn(allUp, { afterMs: 6_000 })
  const dead = { ...allUp, home_ip: down }
  assert.ok(!turn(dead, { afterMs: 100 }).kinds.includes('resolve_endpoint'))
  const { errands } = turn(dead, { afterMs: 1_000 })
  const lines = errands.flatMap((one) => (one.kind === 'resolve_endpoint' ? one.line : []))
  assert.deepEqual(lines.toSorted(), ['primary', 'secondary'])
  named([])
  named([], 'secondary')
  turn(dead, { afterMs: 6_000 })
  const unknown =
    /nobody knows vpn\.example\.org:51820 \(203\.0\.113\.9\) by (primary or secondary|secondary or primary)/
  assert.match(tunnels.problems()[0] ?? '', unknown)
  named(['203.0.113.77'], 'secondary')
  const moved = turn(dead, { afterMs: 3_000 }).errands.find(({ kind }) => kind === 'tend_tunnel')
  assert.equal(moved?.kind === 'tend_tunnel' && moved.wish.endpoint?.host, '203.0.113.77')
})

test("a server's name is asked for by the line, and again while nobody answers", () => {
  begin('vpn.example.org')
  const first = turn({ primary: up, secondary: up, home_ip: down })
  const asked = first.errands.find(({ kind }) => kind === 'resolve_endpoint')
  assert.deepEqual(asked, {
    ...{ kind: 'resolve_endpoint', tunnel: 'home_ip', line: 'primary' },
    ...{ wan: 0, host: 'vpn.example.org' },
  })
  tell({ kind: 'resolved', line: 'primary', addresses: [] })
  turn({ primary: up, secondary: up, home_ip: down })
  assert.match(tunnels.problems()[0] ?? '', /nobody knows vpn\.example\.org by primary/)
  tell({ kind: 'resolved', line: 'primary', addresses: ['203.0.113.9', '2001:db8::9'] })
  const { errands } = turn(allUp, { afterMs: 5_000 })
  const tend = errands.find((errand) => errand.kind === 'tend_tunnel')
  assert.equal(tend?.wish.endpoint?.host, '203.0.113.9')
  const later = turn({ ...allUp, home_ip: down }, { afterMs: 400_000 })
  assert.ok(later.kinds.includes('resolve_endpoint'))
})

test('what it can’t be set up for is said once, and tried again', () => {
  turn(allUp)
  for (let i = 0; i < 3; i += 1) tell({ kind: 'failed', reason: 'wg is not installed' })
  turn(allUp)
  assert.deepEqual(tunnels.problems(), ["the tunnel home_ip can't be set up: wg is not installed"])
  assert.equal(textOf(log).match(/is not installed/g)?.length, 1)
  assert.ok(turn(allUp, { afterMs: 6_000 }).kinds.includes('tend_tunnel'))
})

test('in the mode both another line gets copies, a metered one only where the user says so', () => {
  const both = 'mode: both\n    inside: 10.99.0.1'
  begin('203.0.113.9', `${both}\n    both_metered: true`)
  const { errands } = turn(allUp)
  const tend = errands.find((errand) => errand.kind === 'tend_tunnel')
  assert.deepEqual(tend?.wish.both, {
    lines: [
      { wan: 0, link: 'eth0', gateway: '192.168.0.1', address: '192.168.0.3' },
      { wan: 1, link: 'eth0', gateway: '192.168.0.2', address: '192.168.0.3' },
    ],
    wan: 2,
    inside: '10.99.0.1',
  })
  const shown = tunnels.figures().tunnels?.['home_ip']
  assert.deepEqual([shown?.line, shown?.second], ['primary', 'secondary'])
  begin('vpn.example.org', `${both}\n    both_metered: true`)
  turn(allUp)
  tell({ kind: 'resolved', line: 'primary', addresses: ['2001:db8::9', '203.0.113.9'] })
  const named = turn(allUp, { afterMs: 5_000 }).errands
  const tended = named.find((errand) => errand.kind === 'tend_tunnel')
  assert.equal(tended?.wish.both?.lines.length, 2)
  begin('203.0.113.9', `${both}\n    both_metered: true`)
  turn(allUp, { host: exampleHost([{ name: 'eth0', addresses: [] }]) })
  assert.match(tunnels.problems()[0] ?? '', /home_ip is on primary alone: no second line has IPv4/)
  begin('203.0.113.9')
  turn(allUp)
  assert.equal(tunnels.figures().tunnels?.['home_ip']?.second, undefined)
})

test('it never asks to be woken in the past, which would keep the loop busy', () => {
  for (const server of ['203.0.113.9', 'vpn.example.org']) {
    begin(server)
    assert.equal(tunnels.wakeAtMs(), Number.POSITIVE_INFINITY)
    const each: readonly Healths[] = [{}, allUp, { ...allUp, home_ip: down }, { primary: down }]
    for (const healths of [...each, ...each]) {
      turn(healths, { afterMs: 4_000 })
      assert.ok(tunnels.wakeAtMs() > nowMs, JSON.stringify(healths))
      tell({ kind: 'tended', publicKey: 'PUBLIC' })
    }
  }
})

test('without tunnels nothing is wanted', () => {
  const none = new Tunnels(settingsOf('wans: []'), log)
  assert.deepEqual(none.wishes(exampleDecided()), {})
  assert.deepEqual(none.afterwards(exampleDecided(), true), [])
  assert.equal(none.wakeAtMs(), Number.POSITIVE_INFINITY)
  assert.deepEqual(none.figures(), {})
})

function textOf({ lines }: RecordedLog): string {
  return lines.join('\n')
}
