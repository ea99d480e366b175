import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { monotonicMs } from '../lab/measure/monotonic.ts'
import { waitFor } from '../wait-for.ts'
import { DockerHost } from './docker-host.ts'

/** Three failed checks, 30 s apart, and their patience: what the Dockerfile says, with room. */
const unhealthyMs = 120_000

test('healthy at once, healthy with all WANs down, unhealthy when the loop hangs', async (context) => {
  await using host = await DockerHost.open()
  const { lab, addon, mqtt } = host
  const startMs = monotonicMs()
  await addon.start()
  await addon.waitForHealth('healthy', { deadlineMs: 15_000 })
  context.diagnostic(`start to healthy: ${Math.round(monotonicMs() - startMs)} ms`)
  await host.waitUntilUp()

  const { beforeMs: afterMs } = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await lab.fault({ wan: 2, kind: 'upstream-silent' })
  await mqtt.waitForEvent('all_down', { afterMs, deadlineMs: 30_000 })
  const checks = await addon.lastHealthCheck()
  await waitFor(async () => (await addon.lastHealthCheck()) !== checks, {
    deadlineMs: 45_000,
    what: 'another check',
    everyMs: 200,
  })
  assert.equal((await addon.state()).health, 'healthy')

  process.kill(await addon.daemonPid(), 'SIGSTOP')
  const hangsMs = monotonicMs()
  await addon.waitForHealth('unhealthy', { deadlineMs: unhealthyMs })
  context.diagnostic(`hanging to unhealthy: ${Math.round(monotonicMs() - hangsMs)} ms`)
})
