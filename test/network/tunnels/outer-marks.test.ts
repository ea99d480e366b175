/** A tunnel that is dialled: its own packets keep to its line, and what runs inside outlives a dialling. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { kernelProtocol } from '../../../src/model/host.ts'
import { outerMark, priorities } from '../../../src/model/marks.ts'
import { desiredState } from '../../../src/network/desired-state.ts'
import { ruleText } from '../../../src/network/rules/rule-text.ts'
import type { Wanted } from '../../../src/network/wanted.ts'
import { exampleHost } from '../../examples/example-host.ts'
import { exampleRoute } from '../../examples/example-route.ts'
import { settingsOf } from '../../examples/settings-of.ts'
import { tunnelOptions } from '../../examples/tunnel-options.ts'
import { wantedOn } from '../../examples/wanted-on.ts'

const eth = { name: 'eth0', addresses: ['192.168.0.3/24'] }
const connected = exampleHost([eth, { name: 'wf-home_ip', addresses: ['203.0.113.80/32'] }])
const dialled = `
wans:
  - { name: primary, gateway: 192.168.0.1 }
  - { name: secondary, gateway: 192.168.0.2 }
tunnels:
  - { name: home_ip, kind: l2tp, endpoint: "203.0.113.9:1701", username: house, password: x }
`
const forward = 'forwards: [{ tunnel: home_ip, port: 443, to: 192.168.0.10 }]'

function stateOf(options: string, changes: Partial<Wanted> = {}, host = connected) {
  return desiredState({ ...wantedOn(host, settingsOf(options), 'primary'), ...changes })
}

function linesOf(options: string, host = connected): readonly string[] {
  return (stateOf(options, {}, host).nft ?? '').split('\n').map((line) => line.trim())
}

test('what it sends leaves by its line, by its port before it has a mark, or fails', () => {
  const outer = priorities.outer(2)
  const mark = `fwmark 0x${outerMark(2).toString(16)}/0xff000000`
  const port = 'iif lo ipproto udp sport 61902'
  const rules = (line: string | null) =>
    stateOf(dialled, { rides: [{ tunnel: 'home_ip', line }] })
      .rules.filter(({ family, priority }) => family === 'ipv4' && priority >> 1 === outer >> 1)
      .map(ruleText)
  assert.deepEqual(rules('secondary').toSorted(), [
    `pref ${outer} ${mark} lookup 101 protocol 201`,
    `pref ${outer} ${port} lookup 101 protocol 201`,
    `pref ${outer + 1} ${mark} unreachable protocol 201`,
    `pref ${outer + 1} ${port} unreachable protocol 201`,
  ])
  assert.deepEqual(rules(null).toSorted(), [
    `pref ${outer + 1} ${mark} unreachable protocol 201`,
    `pref ${outer + 1} ${port} unreachable protocol 201`,
  ])
})

test("PPP's route to the other end, which leaves main at once, is copied to no line's table", () => {
  const others = connected.routes.filter(
    (one) => !one.nextHops.some((hop) => hop.link === 'wf-home_ip'),
  )
  const byHand = exampleRoute('198.51.100.0/24 dev wf-home_ip')
  const ppp = exampleRoute('10.77.0.1 dev wf-home_ip', { protocol: kernelProtocol, scope: 'link' })
  const host = { ...connected, routes: [...others, byHand, ppp] }
  const copied = stateOf(dialled, {}, host).routes.filter((one) => one.table === 100)
  const to = copied.map(({ destination }) => destination)
  assert.ok(!to.includes('10.77.0.1'), to.join())
  assert.ok(to.includes('198.51.100.0/24'), to.join())
})

test('its packets get the mark before policies look for what has none', () => {
  const lines = linesOf(dialled)
  const at = lines.indexOf('chain dialled {')
  assert.equal(lines[at + 1], 'type route hook output priority mangle - 1; policy accept;')
  assert.match(
    lines[at + 2] ?? '',
    /^udp sport 61902 meta mark & 0xff000000 == 0 meta mark set .*0xf3/,
  )
  assert.ok(!linesOf(tunnelOptions).includes('chain dialled {'), 'WireGuard marks its own')
})

test('its address is named, for the kernel would forget what it masquerades with each dialling', () => {
  const own = (lines: readonly string[]) =>
    lines.filter((line) => line.startsWith('oifname "wf-home_ip"') && /snat|masquerade/.test(line))
  assert.match(own(linesOf(dialled)).join(), / snat ip to 203\.0\.113\.80$/)
  assert.match(own(linesOf(tunnelOptions)).join(), / masquerade$/)
})

test('forwards follow the address that the server has given, and wait for one', () => {
  const options = `${dialled}${forward}`
  const wanted =
    'iifname "wf-home_ip" ip daddr { 203.0.113.80 } tcp dport 443 dnat ip to 192.168.0.10'
  assert.ok(linesOf(options).includes(wanted))
  const without = linesOf(options, exampleHost([eth]))
  assert.ok(!without.some((line) => line.includes('dnat')))
})
