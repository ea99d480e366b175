import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { exampleDecision } from '../../examples/example-decision.ts'
import { House } from '../../lab/house/house.ts'
import { bothUp } from '../../lab/house/mqtt-house.ts'
import { PlannedHouse } from '../../lab/house/planned-house.ts'
import { InternetBytes } from '../../lab/measure/internet-bytes.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { target } from '../../lab/network/plan.ts'
import { MachineLag } from '../../machine-lag.ts'
import { waitFor } from '../../wait-for.ts'

const lag = new MachineLag()

const packetBytes = 1_428
/** The daemon reads its counters every 10 s while the WAN is in use, and publishes as often. */
const readingMs = 40_000

/** Pings there and back; how many came back. */
async function pings(node: LabNode, count: number): Promise<number> {
  const words = ['-q', '-n', '-i', '0.005', '-s', '1400', '-W', '1', '-c', `${count}`, target]
  // It fails where nothing comes back at all, and says so all the same.
  const said = await node.script(`ping ${words.join(' ')} || true`)
  const found = /(\d+) received/.exec(said)
  assert.ok(found !== null, said)
  return Number(found[1])
}

/** What the daemon says that the metered WAN has carried, once it says so much. */
async function monthBytes({ mqtt }: House, least: number): Promise<number> {
  const state = await mqtt.waitForState(
    ({ wans }) => (wans['secondary']?.month_bytes ?? 0) >= least,
    { deadlineMs: readingMs, what: `${least} bytes to be counted` },
  )
  return state.wans['secondary']?.month_bytes ?? 0
}

function assertClose(ours: number, theirs: number): void {
  const percent = (Math.abs(ours - theirs) / theirs) * 100
  assert.ok(percent <= 2, `${ours} bytes where the Internet saw ${theirs}: ${percent.toFixed(2)} %`)
}

test('what a metered WAN carries is counted as the Internet sees it, by policy too', async () => {
  await using house = await House.open({
    topology: 'lan-and-stick',
    wans: [{}, { metered: true }],
    options: {
      policies: [
        { name: 'first', from: ['192.168.0.100'], use: ['secondary', 'primary'] },
        { name: 'by_mac', from: ['02:00:00:00:01:50'], use: ['secondary', 'primary'] },
      ],
    },
  })
  const { lab, mqtt } = house
  const bill = await InternetBytes.count(lab)
  assert.equal(await pings(lab.client(1), 400), 400)
  assert.equal(await pings(lab.client(2), 100), 100)
  const theirs = await bill.of(2)
  assert.ok(theirs > 1_000 * packetBytes, `${theirs}`)
  const ours = await monthBytes(house, theirs * 0.98)
  assertClose(ours, await bill.of(2))
  const { policies } = mqtt.state() ?? {}
  assertClose(policies?.['first']?.metered_bytes ?? 0, 800 * packetBytes)
  assertClose(policies?.['by_mac']?.metered_bytes ?? 0, 100 * packetBytes)

  // Its rules are taken away and stand anew, and the counters with them: the sum goes on.
  assert.equal(await house.daemon.stop(), 0)
  const saved = readFileSync(join(house.folder.path, 'metering.json'), 'utf8')
  assert.match(saved, /"received\.secondary\.first":\d{6}/)
  const last = mqtt.state()?.at
  house.startAgain()
  await mqtt.waitForState((state) => state.at !== last && bothUp(state), {
    deadlineMs: 20_000,
    what: 'the next daemon finds both WANs up',
  })
  assert.equal(await pings(lab.client(1), 200), 200)
  assertClose(await monthBytes(house, theirs + 390 * packetBytes), await bill.of(2))
})

test('at the cap only those with over_cap go on, who may go elsewhere does', async () => {
  await using house = await House.open({
    topology: 'lan-and-stick',
    wans: [{}, { metered: true, cap_mb: 2 }],
    options: {
      policies: [
        { name: 'work', from: ['192.168.0.100'], use: ['secondary', 'primary'], over_cap: true },
        { name: 'kids', from: ['192.168.0.150'], use: ['secondary', 'primary'] },
      ],
    },
  })
  const { lab, mqtt, daemon } = house
  assert.equal(await pings(lab.client(2), 600), 600)
  await daemon.waitForLine(/secondary has used 8\d % of its cap of 2 MB/, {
    deadlineMs: readingMs,
  })
  const before = await pings(lab.client(2), 300)
  assert.ok(before < 200, `${before} answers came by the capped WAN, the kernel did not hold it`)
  const state = await mqtt.waitForState(({ policies }) => policies['kids']?.wan === 'primary', {
    deadlineMs: readingMs,
    what: 'kids to leave the capped WAN',
  })
  assert.match(state.policies['kids']?.reason ?? '', /cap of secondary/)
  assert.equal(state.policies['work']?.wan, 'secondary')
  assert.ok(state.problems.some((problem) => problem.includes('only policies with over_cap')))
  assert.equal(state.wans['secondary']?.cap_bytes, 2_000_000)

  const bill = await InternetBytes.count(lab)
  assert.equal(await pings(lab.client(1), 50), 50)
  assert.equal(await pings(lab.client(2), 50), 50)
  const carried = await bill.of(2)
  assert.ok(
    carried < 110 * packetBytes && carried >= 100 * packetBytes,
    `${carried} bytes by WAN 2`,
  )
  assert.equal(mqtt.state()?.wans['secondary']?.state, 'up', 'its probes go on')
})

for (const topology of ['one-subnet', 'two-interfaces'] as const) {
  test(`with the daemon dead the kernel holds the cap, ${topology}`, async () => {
    await using house = await House.open({
      topology,
      wans: [{}, { metered: true, cap_mb: 1 }],
      options: {
        policies: [
          { name: 'work', from: ['192.168.0.100'], use: ['secondary'], over_cap: true },
          { name: 'kids', from: ['192.168.0.150'], use: ['secondary'] },
        ],
      },
    })
    const { lab } = house
    const bill = await InternetBytes.count(lab)
    await house.daemon.end('SIGKILL')
    const passed = await pings(lab.client(2), 900)
    // On one subnet the answers pass by us: the same cap lasts for twice as many questions.
    const most = 1_000_000 / packetBytes / (topology === 'one-subnet' ? 1 : 2)
    assert.ok(passed <= most && passed > most * 0.9, `${passed} of ${most}`)
    const held = await bill.of(2)
    assert.equal(await pings(lab.client(2), 20), 0)
    assert.equal(await bill.of(2), held)
    assert.equal(await pings(lab.client(1), 20), 20)

    house.startAgain()
    const least = topology === 'one-subnet' ? held / 2 : held
    await waitFor(async () => ((await monthBytes(house, least * 0.98)) > 0 ? true : null), {
      deadlineMs: readingMs,
      what: 'the month to be summed up again',
    })
    await house.mqtt.waitForState(({ policies }) => policies['kids']?.wan === null, {
      deadlineMs: readingMs,
      what: 'the cap to be held by the new daemon too',
    })
    assert.equal(await pings(lab.client(2), 20), 0)
    assert.equal(await pings(lab.client(1), 20), 20)
  })
}

test('in use its own traffic is the evidence, and its death is found as fast as ever', async () => {
  await using house = await House.open({
    topology: 'lan-and-stick',
    wans: [{}, { metered: true }],
    options: { default_policy: { use: ['secondary', 'primary'] } },
  })
  const { lab, mqtt } = house
  await mqtt.waitForState(({ active }) => active === 'secondary', {
    deadlineMs: 40_000,
    what: 'traffic to be on the metered WAN',
  })
  await lab.host.nft(`table inet probe_count { chain count {
    type filter hook output priority 300;
    oifname "wwan0" meta mark & 0xff000000 == 0x0a000000 counter
    oifname "wwan0" meta l4proto { tcp, udp } th sport 61100-61199 counter
  }; }`)
  const probes = async (): Promise<number> => {
    const text = await lab.host.run('nft', 'list', 'table', 'inet', 'probe_count')
    return [...text.matchAll(/counter packets (\d+)/g)].reduce((sum, [, n]) => sum + Number(n), 0)
  }
  const inTenSeconds = async (): Promise<number> => {
    const before = await probes()
    const fromMs = monotonicMs()
    await waitFor(() => monotonicMs() - fromMs >= 10_000, { deadlineMs: 12_000, what: '10 s' })
    return (await probes()) - before
  }
  assert.ok((await inTenSeconds()) >= 30, 'while nobody talks it is asked at full rate')
  const stream = await lab.client(1).startStream({ everyMs: 5 })
  // Two readings of the counters show first that the link carries the Internet and nothing else.
  await waitFor(async () => ((await inTenSeconds()) <= 10 ? true : null), {
    deadlineMs: 60_000,
    what: 'probes to be saved while traffic comes in',
  })
  const fault = await lab.fault({ wan: 2, kind: 'upstream-silent' })
  const arrived = await stream.waitForWan(1, { afterMs: fault.beforeMs, deadlineMs: 10_000 })
  const tookMs = arrived.answer.atMs - fault.beforeMs
  const mostMs = 3_000 + lag.allowanceMs(fault.beforeMs, arrived.answer.atMs)
  assert.ok(tookMs < mostMs, `${tookMs} ms`)
  await stream.stop()
  await lab.host.nft('delete table inet probe_count')
})

test('what this machine sends by a policy of its own is counted and capped, whatever the default', async () => {
  await using house = await PlannedHouse.open({
    topology: 'two-interfaces',
    wans: [{}, { metered: true, cap_mb: 100 }],
    options: { policies: [{ name: 'mine', from: ['host'], use: ['secondary'] }] },
  })
  const decision = exampleDecision({ mine: 'secondary', default: 'primary' })
  const cap = { wan: 'secondary', month: '2026-11-01', limitBytes: 20 * packetBytes, usedBytes: 0 }
  await house.apply({ decision, metering: { caps: [cap] } })
  assert.equal(await pings(house.lab.host, 5), 5)
  const counters = await house.kernel.counters()
  assert.equal(counters?.get('sent.secondary.mine'), 5 * packetBytes)
  const more = await pings(house.lab.host, 40)
  assert.ok(more < 10, `${more} came through a cap of ten there and back`)
})
