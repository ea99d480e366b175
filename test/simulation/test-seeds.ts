import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { after, describe, test } from 'node:test'
import { SeedPlayer } from './play/seed-player.ts'

/** Twenty virtual minutes of random faults each. */
export function testSeeds(seeds: readonly number[]): void {
  describe('with random faults', { concurrency: availableParallelism() }, () => {
    const idle: SeedPlayer[] = []
    after(() => Promise.all(idle.map((player) => player[Symbol.asyncDispose]())))

    for (const seed of seeds) {
      test(`seed ${seed} keeps every invariant`, async () => {
        const player = idle.pop() ?? new SeedPlayer()
        const played = await player.play({ kind: 'whole', seed, lengthMs: 20 * 60_000 })
        idle.push(player)
        assert.equal(played.failure, null, played.failure ?? '')
        assert.ok(played.steps > 0)
      })
    }
  })
}
