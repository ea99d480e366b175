/** What may begin outside by a tunnel's address, and where it goes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { desiredState } from '../../../src/network/desired-state.ts'
import type { Wanted } from '../../../src/network/wanted.ts'
import { exampleHost } from '../../examples/example-host.ts'
import { settingsOf } from '../../examples/settings-of.ts'
import { tunnelOptions } from '../../examples/tunnel-options.ts'
import { wantedOn } from '../../examples/wanted-on.ts'

const host = exampleHost([
  { name: 'eth0', addresses: ['192.168.0.3/24'] },
  { name: 'wf-home_ip', addresses: ['203.0.113.80/32'] },
])

function linesOf(forwards: string, changes: Partial<Wanted> = {}): readonly string[] {
  const settings = settingsOf(`${tunnelOptions}${forwards}
`)
  const wanted = { ...wantedOn(host, settings, 'primary'), ...changes }
  return (desiredState(wanted).nft ?? '').split('\n').map((line) => line.trim())
}

const from = 'iifname "wf-home_ip" ip daddr { 203.0.113.80 }'

test('each port goes to its device, the first that matches', () => {
  const lines = linesOf(`forwards:
  - { tunnel: home_ip, port: 443, to: 192.168.0.10 }
  - { tunnel: home_ip, protocol: udp, port: 5000-5100, to: 192.168.0.11 }
  - { tunnel: home_ip, protocol: udp, to: 192.168.0.12 }
  - { tunnel: home_ip, protocol: any, to: 192.168.0.13 }`)
  const start = lines.findIndex((line) => line.startsWith('chain forwarded_ports {'))
  assert.deepEqual(lines.slice(start + 2, start + 6), [
    `${from} tcp dport 443 dnat ip to 192.168.0.10`,
    `${from} udp dport 5000-5100 dnat ip to 192.168.0.11`,
    `${from} meta l4proto udp dnat ip to 192.168.0.12`,
    `${from} dnat ip to 192.168.0.13`,
  ])
  const guard = lines.indexOf(`${from} tcp dport 443 return`)
  const strangers = lines.findIndex((line) => /wf-home_ip.*goto strangers/.test(line))
  assert.ok(guard > 0 && guard < strangers, 'let in before strangers are dropped')
})

test('nothing is let in without forwards, or where the kernel can’t translate', () => {
  for (const lines of [
    linesOf(''),
    linesOf('forwards: [{ tunnel: home_ip, port: 443, to: 192.168.0.10 }]', { dnat: false }),
  ]) {
    assert.ok(!lines.some((line) => /forwarded_ports|dport 443/.test(line)))
    assert.ok(lines.some((line) => /wf-home_ip.*goto strangers/.test(line)))
  }
})

test('where Docker drops what is forwarded, what was forwarded here may begin', () => {
  const docker = { drops: ['ipv4'], accepts: [], clientLinks: ['eth0'] } as const
  const forwards = 'forwards: [{ tunnel: home_ip, port: 443, to: 192.168.0.10 }]'
  const words = (options: string) => {
    const settings = settingsOf(`
wans: [{ name: a, gateway: 192.168.0.1 }, { name: b, gateway: 192.168.0.2 }]
tunnels:
  - name: home_ip
    endpoint: "203.0.113.9:51820"
    peer_key: "zY+8m1n0/2aZbVqk3w9sX5t7u1v3y5A7C9E1G3I5K7M="
    address: [203.0.113.80/32]
${options}`)
    const wanted = wantedOn({ ...host, docker }, settings, 'a')
    return desiredState(wanted).accepts.map((accept) => accept.words)
  }
  const extra = words(forwards).filter((one) => !words('').includes(one))
  assert.deepEqual(extra, [
    '-i wf-home_ip -o eth0 -m conntrack --ctstate DNAT -m comment --comment wan_failover -j ACCEPT',
  ])
})

test('where Docker drops IPv6 too, so may what goes to a device that is named', () => {
  const docker = { drops: ['ipv6'], accepts: [], clientLinks: ['eth0', 'lan0'] } as const
  const links = [
    { name: 'eth0', addresses: ['192.168.0.3/24', '2001:db8:1::3/64'] },
    { name: 'lan0', addresses: ['192.168.20.1/24', '2001:db8:80:1::1/64'] },
    { name: 'wf-home_ip', addresses: ['203.0.113.80/32'] },
  ]
  const wanted = wantedOn(exampleHost(links, [], { docker }), settingsOf(wide), 'primary')
  const words = desiredState(wanted).accepts.map((accept) => accept.words)
  const accept = '-m comment --comment wan_failover -j ACCEPT'
  const devices = ['2001:db8:80:1::10', '2001:db8:1:107::10', '2001:db8:1:107::11']
  assert.deepEqual(
    words.filter((one) => one.startsWith('-d')),
    ['eth0', 'lan0'].flatMap((lan) =>
      devices.map((to) => `-d ${to}/128 -i wf-home_ip -o ${lan} ${accept}`),
    ),
  )
})

test('clients get the tunnel’s address, whatever `nat` says and whatever they share with lines', () => {
  const translated = (nat: string) =>
    linesOf(`nat: ${nat}`).filter((line) => line.endsWith(' masquerade'))
  const byTunnel = (line: string) => line.includes('oifname "wf-home_ip"')
  for (const nat of ['auto', 'always', 'never']) {
    const own = translated(nat).find((line) => byTunnel(line) && line.includes('ip saddr'))
    assert.match(own ?? '', /ip saddr != \{ 203\.0\.113\.80 \} masquerade$/, nat)
  }
  assert.deepEqual(
    translated('never').filter((line) => !byTunnel(line)),
    [],
  )
  const kept = translated('auto').filter((line) => !byTunnel(line))
  assert.ok(kept.length > 0 && kept.every((line) => line.includes('192.168.0.0/24')))
})

const wide = `
wans:
  - { name: primary, gateway: 192.168.0.1, gateway6: fe80::1 }
tunnels:
  - name: home_ip
    endpoint: "203.0.113.9:51820"
    peer_key: "zY+8m1n0/2aZbVqk3w9sX5t7u1v3y5A7C9E1G3I5K7M="
    address: [203.0.113.80/32, 2001:db8:80::/56]
forwards:
  - { tunnel: home_ip, port: 443, to: "2001:db8:80:1::10" }
  - { tunnel: home_ip, port: 22, to: "2001:db8:1:107::10" }
  - { tunnel: home_ip, protocol: any, to: "2001:db8:1:107::11" }
`

test('by IPv6 they are let in to the device’s own address, or the one that stands for it', () => {
  const seen = exampleHost([
    { name: 'eth0', addresses: ['192.168.0.3/24', '2001:db8:1::3/64', 'fe80::3/64'] },
    { name: 'lan0', addresses: ['2001:db8:1:107::1/64', '2001:db8:80:1::1/64'] },
    { name: 'wf-home_ip', addresses: ['203.0.113.80/32', '2001:db8:80::1/128'] },
  ])
  const lines = (desiredState(wantedOn(seen, settingsOf(wide), 'primary')).nft ?? '')
    .split('\n')
    .map((line) => line.trim())
  const link = 'iifname "wf-home_ip"'
  const has = (line: string) => assert.ok(lines.includes(line), line)
  has(`${link} ip6 daddr { 2001:db8:80:1::10 } tcp dport 443 return`)
  has(`${link} ip6 daddr { 2001:db8:80:7::10 } tcp dport 22 return`)
  has(`${link} ip6 daddr { 2001:db8:80:7::11 } return`)
  const [translated] = lines.filter((line) => /oifname "wf-home_ip".* snat ip6 prefix/.test(line))
  assert.match(
    translated ?? '',
    /ip6 saddr 2001:db8:1:107::\/64 snat ip6 prefix to 2001:db8:80:7::\/64/,
  )
  const [arrived] = lines.filter((line) => line.includes('dnat ip6 prefix'))
  assert.match(
    arrived ?? '',
    /ip6 daddr 2001:db8:80:7::\/64 dnat ip6 prefix to 2001:db8:1:107::\/64/,
  )
  assert.ok(!lines.some((line) => /wf-home_ip.*saddr 2001:db8:80:1::\/64 snat/.test(line)))
})
