import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Random } from '../../random.ts'
import { HttpTrial } from './http-trial.ts'

/** `npm run reliability` sends ten thousand, with other random numbers each time. */
test('hostile requests, messages and 500 connections move nothing, and nothing grows', async () => {
  await using trial = await HttpTrial.open()
  const seed = Date.now()
  const random = new Random(seed)
  for (let times = 0; times < 3; times += 1) {
    assert.equal(await trial.tryRequests(50, random), null, `seed ${seed}`)
    assert.equal(await trial.tryTopics(50, random), null, `seed ${seed}`)
  }
  assert.equal(await trial.tryConnections(500), null)
  assert.equal(await trial.cameBack(), null)
})
