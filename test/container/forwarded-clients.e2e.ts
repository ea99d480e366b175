import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dumpHost } from '../lab/host/dump.ts'
import type { Lab } from '../lab/lab.ts'
import { monotonicMs } from '../lab/measure/monotonic.ts'
import { target } from '../lab/network/plan.ts'
import { waitFor } from '../wait-for.ts'
import { DockerHost } from './docker-host.ts'

/** What is lost of ours is put back after 50 to 200 ms of quiet and within a second. */
const healing = { deadlineMs: 2_000, everyMs: 20 }

for (const [topology, way] of [
  ['one-subnet', 'in and out by one NIC'],
  ['two-interfaces', 'out by one NIC and back by it'],
] as const) {
  test(`a client gets through ${way} though Docker drops, for as long as we run`, async () => {
    await using host = await DockerHost.open({ topology })
    const { lab, addon } = host
    assert.match(await forwardChain(lab), /^-P FORWARD DROP$/m)
    assert.equal(await answered(lab), false, 'an answer before the start')
    const before = await dumpHost(lab.host)
    await host.startAddon()
    const stream = await lab.client(1).startStream({ newFlows: true })
    const fromMs = monotonicMs()
    await waitFor(() => stream.between(fromMs, Number.POSITIVE_INFINITY).length > 100, {
      deadlineMs: 10_000,
      what: 'a hundred new flows',
    })
    await stream.stop()
    const toMs = (stream.samples().at(-1)?.sentMs ?? 0) - 200
    assert.equal(stream.lostBetween(fromMs, toMs), 0)
    assert.match(await acceptedByUs(lab), /^-A DOCKER-USER .*--comment \S*wan.failover/)
    await addon.stop(5)
    assert.equal(await acceptedByUs(lab), '')
    assert.equal(await answered(lab), false, 'an answer after the stop')
    assert.equal(await dumpHost(lab.host), before)
  })
}

test('the accept is put back when Docker or others take it away', async () => {
  await using host = await DockerHost.started({ liveRestore: true })
  const { lab, engine } = host
  const accept = await waitForAccept(lab)
  await lab.host.run('iptables', '-F', 'DOCKER-USER')
  assert.equal(await waitForAccept(lab), accept)
  await engine.restart()
  assert.equal(await waitForAccept(lab), accept)
  assert.ok(await answered(lab))
})

async function waitForAccept(lab: Lab): Promise<string> {
  const accept = await waitFor(() => acceptedByUs(lab), { ...healing, what: 'our accept' })
  assert.equal(accept.split('\n').length, 1, `it is one rule: ${accept}`)
  return accept
}

/** Our lines of the chain that Docker leaves to users. */
async function acceptedByUs(lab: Lab): Promise<string> {
  const text = await lab.host.run('iptables', '-S', 'DOCKER-USER')
  return text
    .split('\n')
    .filter((line) => /--comment \S*wan.failover/.test(line))
    .join('\n')
}

function forwardChain(lab: Lab): Promise<string> {
  return lab.host.run('iptables', '-S', 'FORWARD')
}

/** Whether the client has an answer to its ping. */
async function answered(lab: Lab): Promise<boolean> {
  const ping = lab.client(1).run('ping', '-c', '1', '-W', '1', target)
  return ping.then(
    () => true,
    () => false,
  )
}
