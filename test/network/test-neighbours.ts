/**
 * Random routes, options, states and packets: what goes to a neighbour or comes from one is never
 * reset, cut, dropped, marked or translated by us. `SEED=123 node --test` plays one seed again.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { createKernel } from '../../src/kernel/linux-kernel.ts'
import type { Kernel } from '../../src/kernel/port.ts'
import type { Settings } from '../../src/model/settings/settings.ts'
import { desiredState } from '../../src/network/desired-state.ts'
import { type Applied, diff } from '../../src/network/diff/diff.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import type { CapWish, Wanted } from '../../src/network/wanted.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'
import { Random } from '../random.ts'
import { NeighbourWatch } from './neighbour-watch.ts'
import { PatchPanel } from './patch-panel.ts'
import {
  houseLinks,
  machines,
  type NeighbourPacket,
  randomNeighbourhood,
  randomPackets,
} from './random-neighbours.ts'
import { gateways, randomDecision, randomQuestions, randomSettings } from './random-policies.ts'

const { SEED: wantedSeed } = process.env
const packetsPerSeed = 80

let panel: PatchPanel
let watch: NeighbourWatch
let kernel: Kernel
let applied: Applied = null
/** Packets for the Internet that were marked: else we would see nothing of neighbours' either. */
let marked = 0

export function testNeighbours(seeds: readonly number[]): void {
  before(async () => {
    execFileSync('ip', ['link', 'set', 'lo', 'up'])
    panel = new PatchPanel(houseLinks, [...gateways, ...machines])
    kernel = await createKernel({ log: new RecordedLog() })
    watch = new NeighbourWatch(houseLinks)
  })
  after(() => kernel.close())

  for (const seed of wantedSeed === undefined ? seeds : [Number(wantedSeed)]) {
    test(`no packet of a neighbour is touched, seed ${seed}`, async () => {
      const random = new Random(seed)
      const neighbourhood = randomNeighbourhood(random)
      setMain(neighbourhood.routes)
      const settings = randomOptions(random)
      await bring(settings, random)
      const packets = randomPackets(random, neighbourhood, packetsPerSeed)
      watch.look()
      for (const packet of packets) panel.send(packet.sender, packet)
      const seen = watch.look()
      const about = `SEED=${seed} node --test test/network/neighbours.property.test.ts`
      assert.deepEqual([...seen.marked], [], `marked: ${about}`)
      for (const packet of packets) {
        const { from, to, arrives, mayBeTranslated } = packet
        const came = arrives ? seen.local : seen.wire
        const pairs = mayBeTranslated ? [...came].map((pair) => pair.split(' . ')[1]) : [...came]
        const expected = mayBeTranslated ? to : `${from} . ${to}`
        assert.ok(pairs.includes(expected), `lost or translated: ${describe(packet)}: ${about}`)
        const reset = !arrives && seen.resets.has(`${to} . ${from}`)
        assert.ok(!reset, `reset: ${describe(packet)}: ${about}`)
      }
      for (const question of randomQuestions(random, settings, 20)) {
        panel.send(question.sender, question)
      }
      marked += watch.look().marked.size
    })
  }

  test('packets for the Internet were seen to be marked', () => {
    assert.ok(marked > 0)
  })
}

/** What may happen to a flow, all at once: guards, caps, translation, a WAN without a gateway. */
function randomOptions(random: Random): Settings {
  const settings = randomSettings(random)
  const wans = settings.wans.map((wan) => ({
    ...wan,
    ...(wan.name === 'third' && random.chance(0.4)
      ? { ways: { ...wan.ways, ipv4: { kind: 'link' } as const } }
      : {}),
    inbound: random.pick(['open', 'established'] as const),
    metered: random.chance(0.5),
    capMb: 1,
  }))
  return { ...settings, wans, nat: random.pick(['auto', 'always', 'never'] as const) }
}

async function bring(settings: Settings, random: Random): Promise<void> {
  const some = () => settings.wans.filter(() => random.chance(0.6)).map(({ name }) => name)
  const host = await kernel.read()
  const wanted: Wanted = {
    settings,
    decision: randomDecision(random, settings),
    host,
    uplinks: resolveUplinks(settings.wans, host),
    flows: {
      kept: { ipv4: some(), ipv6: some() },
      cut: { ipv4: some(), ipv6: some() },
      canMark: random.chance(0.8),
      canList: random.chance(0.8),
    },
    metering: { caps: settings.wans.filter(({ metered }) => metered).map(spentCap) },
  }
  const desired = desiredState(wanted)
  const failures = await kernel.apply(diff(desired, host, applied))
  assert.deepEqual(
    failures.map(({ error }) => error),
    [],
  )
  const after = await kernel.read()
  applied = { table: desired.nft ?? '', listing: after.nft ?? '' }
}

function spentCap({ name }: { readonly name: string }): CapWish {
  return { wan: name, month: '2026-11-01', limitBytes: 1_000_000, usedBytes: 2_000_000 }
}

function setMain(routes: readonly string[]): void {
  const ipv4 = [
    'default via 192.168.0.1 dev eth0 metric 1',
    'default via 10.9.0.1 dev wwan0 metric 2',
    ...routes.filter((route) => !isIpv6(route)),
  ]
  const ipv6 = ['default via fe80::1 dev eth0 metric 1', ...routes.filter(isIpv6)]
  for (const [family, wanted] of [['-4', ipv4] as const, ['-6', ipv6] as const]) {
    run('ip', [family, 'route', 'flush', 'table', 'main', 'proto', '99'])
    const lines = wanted.map((route) => `route add ${route} proto 99`)
    run('ip', [family, '-batch', '-'], lines.join('\n'))
  }
}

function isIpv6(route: string): boolean {
  return route.includes(':')
}

function run(command: string, args: readonly string[], input = ''): string {
  return execFileSync(command, [...args], { input, encoding: 'utf8' })
}

function describe({ sender, protocol, from, to, running }: NeighbourPacket): string {
  const who = sender === 'host' ? 'this host' : `${sender.mac} on ${sender.link}`
  return `${protocol}${running === true ? ', running,' : ''} of ${from} (${who}) to ${to}`
}
