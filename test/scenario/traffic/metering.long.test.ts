import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import { bothUp } from '../../lab/house/mqtt-house.ts'
import { InternetBytes } from '../../lab/measure/internet-bytes.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { MachineLag } from '../../machine-lag.ts'
import { waitFor } from '../../wait-for.ts'
import { monthBytes, pings, testCapOfKernelIn } from './test-cap-of-kernel-in.ts'

const lag = new MachineLag()
const packetBytes = 1_428

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

testCapOfKernelIn('one-subnet')
testCapOfKernelIn('two-interfaces')

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
