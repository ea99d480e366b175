import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { ports, target, target6 } from '../../lab/network/plan.ts'
import { MachineLag } from '../../machine-lag.ts'
import { waitFor } from '../../wait-for.ts'

const lag = new MachineLag()

/** As programs do that try both families: IPv6 first, and at an error IPv4. */
const connecting = (count: number) => `
  const { connect } = require('node:net')
  const beganMs = performance.now()
  const by = (host, otherwise) => {
    const socket = connect({ port: ${ports.tcpEcho}, host })
    socket.on('connect', () => socket.destroy() && tell(host))
    socket.on('error', () => otherwise())
  }
  const tell = (host) => console.log(host, Math.round(performance.now() - beganMs))
  for (let i = 0; i < ${count}; i += 1) {
    by('${target6}', () => by('${target}', () => tell('nowhere')))
  }
  setTimeout(() => process.exit(), 4000).unref()
`

const together = 20

test('while IPv6 is dead on the only line that has it, whoever begins goes on by IPv4 at once', async () => {
  await using house = await House.open({
    topology: 'two-interfaces',
    ipv6: true,
    wans: [{}, { gateway6: 'none' }],
    options: { probe: { methods: ['icmp'] } },
  })
  const { lab, mqtt } = house
  const connected = async (node: typeof lab.host) => {
    const lines = (await node.run(process.execPath, '--eval', connecting(together))).split('\n')
    const words = lines.filter((line) => line !== '').map((line) => line.split(' '))
    const longestMs = Math.max(...words.map(([, ms]) => Number(ms)))
    return { by: [...new Set(words.map(([host]) => host))], count: words.length, longestMs }
  }
  const ipv6 = async (wanted: string) =>
    mqtt.waitForState(({ wans }) => wans['primary']?.ipv6?.state === wanted, {
      deadlineMs: 20_000,
      what: `IPv6 of the primary to be ${wanted}`,
    })
  await ipv6('up')
  assert.deepEqual((await connected(lab.client(1))).by, [target6])
  const running = await lab.client(2).startStream({ target: target6 })
  await lab.fault({ wan: 1, kind: 'ipv6-silent' })
  await ipv6('down')
  await lab.host.run('nft', 'list chain inet wan_failover refused')
  for (const node of [lab.client(1), lab.host]) {
    const fromMs = monotonicMs()
    const { by, count, longestMs } = await connected(node)
    assert.deepEqual({ by, count }, { by: [target], count: together }, node.name)
    const mostMs = 300 + lag.allowanceMs(fromMs, monotonicMs())
    assert.ok(longestMs <= mostMs, `${node.name}: ${longestMs} ms`)
  }
  // The LAN has addresses of its own, and they are nobody's business.
  const [ula = ''] = lab.plan.lan.prefixes6
  await lab.client(1).run('ping', '-c', '1', '-W', '2', `${ula}3`)
  const repair = await lab.repair(1)
  await running.waitForWan(1, { afterMs: repair.beforeMs, deadlineMs: 10_000 })
  await waitFor(async () => (await connected(lab.client(1))).by.join() === target6, {
    deadlineMs: 20_000,
    what: 'new connections by IPv6 again',
  })
  await ipv6('up')
  await running.stop()
})
