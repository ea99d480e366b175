import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Router } from '../../../src/model/host.ts'
import { openLinkRouters } from '../../../src/probe/routers/link-routers.ts'
import { Agent } from '../../lab/agents/agent.ts'
import type { RouterAgentOptions } from '../../lab/agents/router-agent.ts'
import { Lab } from '../../lab/lab.ts'
import { waitFor } from '../../wait-for.ts'

const program = new URL('../../lab/agents/router-agent.ts', import.meta.url)

test('what routers say is heard, with the link, and with whatever changes', async () => {
  await using lab = await Lab.create({ topology: 'one-subnet', ipv6: true })
  const routers = openLinkRouters()
  assert.ok(routers !== null)
  let news = 0
  routers.onNews(() => {
    news += 1
  })
  const heard = (what: string, wanted: readonly Router[]) =>
    waitFor(
      () => {
        const now = routers.heard().toSorted((a, b) => a.address.localeCompare(b.address))
        return JSON.stringify(now) === JSON.stringify(wanted)
      },
      { deadlineMs: 10_000, what },
    )
  const says = (wan: 1 | 2, more: Partial<RouterAgentOptions>) =>
    Agent.start(lab.gateway(wan), program, { link: 'lan', lifetimeSeconds: 1800, ...more })
  try {
    const first = await says(1, { prefix: '2001:db8:1::', mac: '02:00:00:00:00:01' })
    await says(2, { lifetimeSeconds: 0 })
    assert.deepEqual(routers.heard(), [], 'nobody has asked')
    routers.ask('eth0')
    const one = { link: 'eth0', address: 'fe80::1', mac: '02:00:00:00:00:01', offersDefault: true }
    const two = { link: 'eth0', address: 'fe80::2', mac: null, offersDefault: false, prefixes: [] }
    await heard('both routers', [{ ...one, prefixes: ['2001:db8:1::/64'] }, two])
    await waitFor(() => news > 0, { deadlineMs: 5_000, what: 'the news' })
    await first.stop()
    await says(1, { prefix: '2001:db8:7::', mac: '02:00:00:00:00:01' })
    await heard('the other prefix, and the one before for as long as it was said to last', [
      { ...one, prefixes: ['2001:db8:1::/64', '2001:db8:7::/64'] },
      two,
    ])
    // Who has asked for no link of this host gets no error.
    routers.ask('nowhere')
  } finally {
    routers.close()
  }
})

test('who sends it from beyond a router, with a hop limit that was spent on the way, is not heard', async () => {
  await using lab = await Lab.create({ topology: 'one-subnet', ipv6: true })
  const routers = openLinkRouters()
  assert.ok(routers !== null)
  try {
    routers.ask('eth0')
    const far = { link: 'lan', lifetimeSeconds: 1800, hopLimit: 254 } satisfies RouterAgentOptions
    await Agent.start(lab.gateway(1), program, far)
    await Agent.start(lab.gateway(2), program, { link: 'lan', lifetimeSeconds: 1800 })
    await waitFor(() => routers.heard().length > 0, { deadlineMs: 10_000, what: 'a router' })
    assert.deepEqual(
      routers.heard().map(({ address }) => address),
      ['fe80::2'],
    )
  } finally {
    routers.close()
  }
})
