import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dumpHost } from '../lab/host/dump.ts'
import { breakLine } from '../lab/house/break-line.ts'
import type { Lab } from '../lab/lab.ts'
import { monotonicMs } from '../lab/measure/monotonic.ts'
import { waitFor } from '../wait-for.ts'
import { DockerHost } from './docker-host.ts'
import { LineListener } from './line-listener.ts'

test('stopped, it ends by itself within 5 s and leaves rules, routes and nft as they were', async () => {
  await using host = await DockerHost.open()
  const { lab, addon } = host
  const before = await dumpHost(lab.host)
  await host.startAddon()
  assert.notEqual(await dumpHost(lab.host), before)
  const startedMs = monotonicMs()
  await addon.stop(5)
  const tookMs = monotonicMs() - startedMs
  const { running, exitCode } = await addon.state()
  assert.deepEqual({ running, exitCode }, { running: false, exitCode: 0 })
  assert.ok(tookMs < 5_000, `it took ${tookMs} ms`)
  assert.equal(await dumpHost(lab.host), before)
})

test("the host's older nft lists what the add-on's made, sets and maps of every kind", async () => {
  await using host = await DockerHost.started({
    options: {
      policies: [
        {
          name: 'by_address',
          from: ['192.168.0.100', '192.168.0.128/28', '2001:db8:1::64', '02:00:00:00:01:50'],
          to: ['198.51.100.0/24', '203.0.113.7'],
          protocol: 'tcp',
          ports: [443, '5000-5100'],
          use: ['secondary'],
        },
        { name: 'kids', from: ['02:00:00:00:01:51', '192.168.0.150'], use: ['secondary'] },
        { name: 'spread', from: ['192.168.0.151'], use: ['primary', 'secondary'], balance: true },
      ],
    },
  })
  const listed = await host.lab.host.run('nft', 'list', 'ruleset')
  assert.match(listed, /table inet wan_failover/)
})

test('killed and started again it goes on where it was: no rule is lost, nor any packet', async () => {
  await using host = await DockerHost.started()
  const { lab, addon, mqtt } = host
  await breakLine(host, { wan: 1, kind: 'upstream-silent' })
  const stream = await lab.client(1).startStream()
  await using lost = await deletedRules(lab)
  const killedMs = monotonicMs()
  await addon.kill()
  await addon.start()
  const startedMs = monotonicMs()
  await mqtt.waitForState(
    ({ wans }) => wans['secondary']?.state === 'up' && wans['primary']?.state === 'down',
    { deadlineMs: 30_000, what: 'the second daemon to know both WANs' },
  )
  await stream.waitForWan(2, { afterMs: startedMs + 1_000, deadlineMs: 10_000 })
  await stream.stop()
  const samples = stream.between(killedMs, startedMs + 1_000)
  assert.deepEqual(
    samples.filter(({ answer }) => answer?.wan !== 2),
    [],
    'packets that were lost or went another way',
  )
  assert.deepEqual(lost.lines, [])
})

test('it writes no kernel setting, nothing but /data and its socket, and log lines as the Supervisor shows them', async () => {
  await using host = await DockerHost.started()
  const { addon } = host
  await assert.rejects(addon.run('sh', '-c', 'echo 0 >/proc/sys/net/ipv4/ip_forward'), /Read-only/)
  const lines = await addon.logLines()
  assert.ok(lines.length > 0)
  for (const line of lines) {
    assert.match(line, /^\[\d\d:\d\d:\d\d\] (TRACE|DEBUG|INFO|WARNING|WARN|ERROR|FATAL): \S/)
    assert.doesNotMatch(line, /EROFS|read-only|not permitted|permission denied| ERROR: /i)
  }
  // What the engine makes to mount tini, /data and /ssl on.
  const mounts = ['/data', '/ssl', '/usr/sbin/docker-init']
  const written = (await addon.writtenFiles()).toSorted()
  assert.deepEqual(
    written.filter((file) => !file.startsWith('/run/wan-failover')),
    mounts,
  )
})

test('the first probe is sent within 1.5 s of the start of the container', async (context) => {
  await using host = await DockerHost.open()
  const { lab, addon } = host
  await using heard = await pings(lab)
  const times: number[] = []
  for (let round = 0; round < 5; round += 1) {
    const before = heard.lines.length
    const startMs = monotonicMs()
    await addon.start()
    await waitFor(() => heard.lines.length > before, { deadlineMs: 20_000, what: 'a ping' })
    times.push((heard.lines[before]?.atMs ?? Number.NaN) - startMs)
    await addon.stop(5)
  }
  const [first = Number.NaN] = times
  const median = times.toSorted((a, b) => a - b)[2] ?? Number.NaN
  context.diagnostic(`start to first probe: median ${ms(median)}, the very first ${ms(first)}`)
  assert.ok(median <= 1_500, `median of ${times.map(ms).join(', ')}`)
})

function ms(value: number): string {
  return `${Math.round(value)} ms`
}

/** What `ip monitor` says of rules that go, from now on. */
function deletedRules({ host }: Lab): Promise<LineListener> {
  return LineListener.start(host, {
    command: ['ip', '-o', 'monitor', 'rule'],
    lines: /Deleted/,
    call: () => host.ip(['rule add priority 77 lookup 9', 'rule delete priority 77']),
    answer: /Deleted 77:/,
  })
}

/** The first packet of each ICMP flow that the first WAN's gateway sees, from now on. */
function pings(lab: Lab): Promise<LineListener> {
  const aside = '198.51.100.1'
  return LineListener.start(lab.gateway(1), {
    command: ['conntrack', '-E', '-e', 'NEW', '-p', 'icmp'],
    lines: /\[NEW\]/,
    call: () => lab.host.run('ping', '-c', '1', '-W', '1', aside),
    answer: new RegExp(`dst=${aside}`),
  })
}
