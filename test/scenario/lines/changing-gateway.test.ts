/** What is shown of a line is so: nobody debugs a house by a gateway that it had ten seconds ago. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WanSnapshot } from '../../../src/model/published/snapshot.ts'
import { House } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'

const rounds = 10
/** The figures alone are published every 10 s: without a reason of its own, half of them are late. */
const medianMs = 1_000

/** How long after the change the published state says so. */
async function published(
  { lab, mqtt }: House,
  change: readonly string[],
  isSo: (wan: WanSnapshot | undefined) => boolean,
): Promise<number> {
  const beforeMs = monotonicMs()
  await lab.host.ip(change)
  await mqtt.waitForState(({ wans }) => isSo(wans['secondary']), {
    deadlineMs: 25_000,
    what: `the state after ${change.join('; ')}`,
  })
  return monotonicMs() - beforeMs
}

function median(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[samples.length >> 1] ?? Number.POSITIVE_INFINITY
}

test('a learned gateway that changes, goes and is kept is published within a second', async (t) => {
  await using house = await House.open({
    topology: 'two-interfaces',
    wans: [{}, { gateway: 'auto' }],
  })
  const { interface: link, gateway } = house.lab.wan(2)
  const other = '10.2.0.9'
  await house.lab.gateway(2).ip([`address add ${other}/24 dev lan`])
  const own = (await house.lab.host.run('ip', '-4', '-o', 'addr', 'show', link)).split(/\s+/)[3]
  const took = { changed: [] as number[], forgotten: [] as number[], gone: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    const next = round % 2 === 0 ? other : gateway
    took.changed.push(
      await published(
        house,
        [`route replace default via ${next} dev ${link} metric 200`],
        (wan) => wan?.gateway === next && !/has lost/.test(wan.reason),
      ),
    )
    took.forgotten.push(
      await published(
        house,
        [`route delete default dev ${link}`],
        (wan) => wan?.gateway === next && /has lost/.test(wan.reason),
      ),
    )
    took.gone.push(
      await published(house, [`address delete ${own} dev ${link}`], (wan) => wan?.gateway === null),
    )
    await house.lab.host.ip([`address add ${own} dev ${link}`])
  }
  for (const [what, samples] of Object.entries(took)) {
    const text = samples.map((ms) => ms.toFixed(0)).join(', ')
    t.diagnostic(`${what}: median ${median(samples).toFixed(0)} ms of ${text}`)
    assert.ok(median(samples) <= medianMs, `${what}: ${text} ms`)
  }
})
