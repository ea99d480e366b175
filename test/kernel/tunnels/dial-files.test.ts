/** What the programs that dial are told, and what their words mean. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  dialConfig,
  dialFiles,
  pppOptions,
  refusalIn,
} from '../../../src/kernel/tunnels/dial-files.ts'
import type { L2tpWish } from '../../../src/model/tunnel/dial.ts'

const files = dialFiles('/run/x', 'home_ip')
const wish: L2tpWish = {
  ...{ name: 'home_ip', link: 'wf-home_ip', port: 61_902, line: 'primary' },
  endpoint: { host: '203.0.113.9', port: 1_701 },
  ...{ username: 'house', password: 'pass "word" \\', address: [], keepaliveSeconds: 15 },
  ...{ mtu: null, lines: ['eth0'] },
}

test('xl2tpd leaves by the port that rules know, and is told no password', () => {
  const text = dialConfig(wish, files)
  assert.match(text, /^port = 61902$/m)
  assert.match(text, /^lns = 203\.0\.113\.9:1701$/m)
  assert.match(text, /^pppoptfile = \/run\/x\/home_ip\.pppd$/m)
  assert.doesNotMatch(text, /word|redial/)
})

test('pppd is told name and password as one word each, and to change nothing of main', () => {
  const lines = pppOptions(wish, files, 1_460).split('\n')
  assert.ok(lines.includes('ifname wf-home_ip'))
  assert.ok(lines.includes('password "pass \\"word\\" \\\\"'))
  for (const one of ['nodefaultroute', 'noproxyarp', 'noauth', 'noipdefault', 'noipv6']) {
    assert.ok(lines.includes(one), one)
  }
  assert.ok(lines.includes('mtu 1460'))
  assert.ok(!lines.some((line) => /usepeerdns|^defaultroute|debug|show-password/.test(line)))
})

test('an address of the options is asked for, and IPv6 where there is one', () => {
  const address = ['203.0.113.80/32', '2001:db8:80::/56']
  const lines = pppOptions({ ...wish, address }, files, 1_460).split('\n')
  assert.ok(lines.includes('203.0.113.80:'))
  assert.ok(lines.includes('+ipv6'))
  assert.ok(!lines.includes('noipdefault'))
})

test('the last of their words that says why is what the user hears', () => {
  const rows: readonly (readonly [string, string | null])[] = [
    ['', null],
    ['Connect: wf-home_ip <--> ', null],
    ['CHAP authentication failed: Access denied', 'it refuses the username or the password'],
    ['PAP authentication failed', 'it refuses the username or the password'],
    ['LCP: timeout sending Config-Requests', 'it speaks L2TP but no PPP'],
    ['No response to 3 echo-requests\nModem hangup', 'it has fallen silent'],
    [
      'No response to 3 echo-requests\nCHAP authentication failed',
      'it refuses the username or the password',
    ],
  ]
  for (const [log, reason] of rows) assert.equal(refusalIn(log, ''), reason, log)
  const said = 'xl2tpd[1]: Maximum retries exceeded for tunnel 123.  Closing.'
  assert.equal(refusalIn('', said), 'it answers nothing: is the server running?')
})
