import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wanViews } from '../../../../src/web/ui/picture/wan-views.ts'
import { type ScenarioName, scenario } from '../scenario.ts'
import { noonMs, voice } from '../texts/voices.ts'

function print(name: ScenarioName): string[] {
  const { snapshot, setup } = scenario(name, noonMs)
  return wanViews({ ...voice(), snapshot, setup, nowMs: noonMs }).map((wan) => {
    const marks = [wan.inUse && 'in use', wan.standby && 'standby', wan.metered && 'metered']
    const parts = [
      wan.name,
      marks.filter(Boolean).join('+'),
      `${wan.stateText} ${wan.since}`,
      `${wan.latency} ${wan.loss}`,
      wan.via,
      wan.publicAddress,
      wan.carries.join(),
    ]
    return parts.join('; ').replaceAll('\u00a0', ' ')
  })
}

test('each line has its state, its figures and its place, in the order of the options', () => {
  assert.deepEqual(print('well'), [
    'fibre; in use; Working since 03:00 (9 hrs); 8.4 ms 0%; 192.168.1.1 on eth0; 203.0.113.24; ' +
      'work_laptop',
    'lte; standby+metered; Working since Wed 12:00 (3 days); 48 ms 0.2%; 192.168.8.1 on wwan0; ' +
      '198.51.100.9; kids_tablet',
  ])
})

test('a line that is down has no latency, whatever was measured last', () => {
  const [fibre, lte] = print('failover')
  assert.match(fibre ?? '', /^fibre; ; Down since 11:56 \(4 mins\); – 100%;/)
  assert.match(lte ?? '', /^lte; in use\+metered; Working/)
})

test('a line that is not judged yet is neither in use nor on standby', () => {
  assert.match(print('three')[2] ?? '', /^lte_stick; metered; Being checked/)
})

test('without the setup the lines come as the state has them', () => {
  const { snapshot } = scenario('well', noonMs)
  const views = wanViews({ ...voice(), snapshot, setup: null, nowMs: noonMs })
  assert.deepEqual(
    views.map(({ name, metered }) => [name, metered]),
    [
      ['fibre', false],
      ['lte', false],
    ],
  )
})

test('what nobody counts is not shown as a figure', () => {
  const { snapshot, setup } = scenario('three', noonMs)
  const [cable] = Object.keys(snapshot.wans)
  const [first] = Object.values(snapshot.wans)
  assert.ok(cable !== undefined && first !== undefined)
  const wans = { [cable]: { ...first, rx_bytes: null, tx_bytes: null } }
  const [view] = wanViews({ ...voice(), snapshot: { ...snapshot, wans }, setup, nowMs: noonMs })
  assert.equal(view?.traffic, null)
})

test('a tunnel stands above its lines, and the packets of the house go by those that carry it', () => {
  const { snapshot } = scenario('well', noonMs)
  const [lte] = Object.values(snapshot.wans)
  assert.ok(lte !== undefined)
  const tunnel = {
    ...{ line: 'lte', reason: '', over: ['fibre', 'lte'], endpoint: 'vpn.example.org:51820' },
    ...{ public_key: null, handshake_at: null },
  }
  const views = (second?: string) =>
    wanViews({
      ...voice(),
      snapshot: {
        ...snapshot,
        active: 'home_ip',
        wans: { ...snapshot.wans, home_ip: lte },
        tunnels: { home_ip: second === undefined ? tunnel : { ...tunnel, second } },
      },
      setup: null,
      nowMs: noonMs,
    }).map(({ name, inUse, flows, tunnel: shown }) => [name, inUse, flows, shown?.text ?? null])
  assert.deepEqual(views(), [
    ['home_ip', true, true, 'A tunnel, carried by lte'],
    ['fibre', false, false, null],
    ['lte', false, true, null],
  ])
  assert.deepEqual(views('fibre'), [
    ['home_ip', true, true, 'A tunnel, each packet by lte and fibre'],
    ['fibre', false, true, null],
    ['lte', false, true, null],
  ])
})
