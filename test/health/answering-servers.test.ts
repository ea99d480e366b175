import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AnsweringServers, type Wish } from '../../src/health/answering-servers.ts'
import { Random } from '../random.ts'

const wishes: readonly Wish[] = [{ wan: 1, servers: ['9.9.9.9', '1.1.1.1'] }]

test('all are asked at once, the first that answers is taken, and only that one is asked again', () => {
  const servers = new AnsweringServers()
  const asked = servers.dueQuestions(wishes, 0).map(({ server }) => server)
  assert.deepEqual(asked, ['9.9.9.9', '1.1.1.1'])
  assert.equal(servers.answering(1, asked), null)
  servers.take({ wan: 1, server: '1.1.1.1' }, true)
  assert.equal(servers.answering(1, asked), '1.1.1.1')
  servers.take({ wan: 1, server: '9.9.9.9' }, true)
  assert.equal(servers.answering(1, asked), '9.9.9.9')
  assert.equal(servers.answering(0, asked), null, 'by another WAN nobody has answered')
  assert.deepEqual(servers.dueQuestions(wishes, 9_000), [])
  assert.deepEqual(servers.dueQuestions(wishes, 10_000), [{ wan: 1, server: '9.9.9.9' }])
})

test('a lost question is repeated before another server is taken', () => {
  const servers = new AnsweringServers()
  servers.dueQuestions(wishes, 0)
  for (const server of ['9.9.9.9', '1.1.1.1']) servers.take({ wan: 1, server }, true)
  servers.dueQuestions(wishes, 10_000)
  assert.deepEqual(servers.dueQuestions(wishes, 11_000), [{ wan: 1, server: '9.9.9.9' }])
  assert.equal(servers.answering(1, ['9.9.9.9', '1.1.1.1']), '9.9.9.9')
  servers.dueQuestions(wishes, 12_000)
  assert.equal(servers.answering(1, ['9.9.9.9', '1.1.1.1']), '1.1.1.1')
})

test('what nobody needs any more is forgotten', () => {
  const servers = new AnsweringServers()
  servers.dueQuestions(wishes, 0)
  servers.take({ wan: 1, server: '9.9.9.9' }, true)
  assert.deepEqual(servers.dueQuestions([], 100), [])
  assert.equal(servers.answering(1, ['9.9.9.9']), null)
  servers.take({ wan: 1, server: '9.9.9.9' }, true)
  assert.equal(servers.answering(1, ['9.9.9.9']), null, 'a late answer changes nothing')
})

test('whatever comes, nobody is asked more than twice a second, and it wakes up for each', () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const random = new Random(seed)
    const servers = new AnsweringServers()
    const asked = new Map<string, number>()
    let nowMs = 0
    while (nowMs < 60_000) {
      for (const question of servers.dueQuestions(wishes, nowMs)) {
        const { server } = question
        asked.set(server, (asked.get(server) ?? 0) + 1)
        if (random.chance(0.5)) servers.take(question, random.chance(0.5))
      }
      const wakeAtMs = servers.wakeAtMs()
      assert.ok(Number.isFinite(wakeAtMs), `seed ${seed} never wakes up again`)
      nowMs = Math.max(nowMs + 1, wakeAtMs)
    }
    for (const [server, count] of asked) assert.ok(count <= 120, `seed ${seed}: ${server} ${count}`)
  }
})
