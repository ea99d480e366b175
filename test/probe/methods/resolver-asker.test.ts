import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { before, test } from 'node:test'
import { resolverAskPorts } from '../../../src/model/marks.ts'
import { askResolver } from '../../../src/probe/methods/resolver-asker.ts'
import { answerDns } from '../../lab/internet/dns-answer.ts'

before(() => execFileSync('ip', ['link', 'set', 'lo', 'up'], { timeout: 5_000 }))

const answers = { a: '203.0.113.1', aaaa: '2001:db8:f::1' }
const never = new AbortController().signal

/** Answers on an address of loopback, as `change` makes it; null: not at all. */
async function serve(
  t: { after(done: () => void): void },
  address: string,
  change: (answer: Buffer) => Buffer | null = (answer) => answer,
) {
  const seen: { port: number; name: string }[] = []
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  socket.on('message', (query, from) => {
    seen.push({ port: from.port, name: query.toString('latin1', 12, query.length - 4) })
    const answer = answerDns(query, from.address, answers)
    const changed = answer === null ? null : change(answer)
    if (changed !== null) socket.send(changed, from.port, from.address)
  })
  t.after(() => socket.close())
  socket.bind(53, address)
  await once(socket, 'listening')
  return seen
}

const ask = (address: string, uncached = false) =>
  askResolver({ address, name: 'dns.example', uncached }, never)

function withCode(code: number) {
  return (answer: Buffer): Buffer => {
    answer.writeUInt8((answer.readUInt8(3) & 0xf0) | code, 3)
    return answer
  }
}

test('asks from the ports that nft knows, and hears the answer, in both families', async (t) => {
  for (const address of ['127.0.0.2', '::1']) {
    const seen = await serve(t, address)
    assert.deepEqual(await ask(address), { kind: 'answered' })
    const { first, last } = resolverAskPorts
    assert.ok(
      seen.every(({ port }) => first <= port && port <= last),
      JSON.stringify(seen),
    )
  }
})

test('asks for a name that nobody can have kept, another one each time', async (t) => {
  const seen = await serve(t, '127.0.0.3')
  await ask('127.0.0.3', true)
  await ask('127.0.0.3', true)
  await ask('127.0.0.3')
  const [one, two, three] = seen.map(({ name }) => name)
  assert.notEqual(one, two)
  assert.ok(one?.endsWith(three ?? '?') && one !== three)
})

test('no such name is an answer; a refusal is none, and says what it is', async (t) => {
  await serve(t, '127.0.0.4', withCode(3))
  assert.deepEqual(await ask('127.0.0.4'), { kind: 'answered' })
  await serve(t, '127.0.0.5', withCode(2))
  assert.deepEqual(await ask('127.0.0.5'), { kind: 'refused', reason: 'it answers SERVFAIL' })
})

test('where no server runs, that is said at once', async () => {
  assert.deepEqual(await ask('127.0.0.6'), {
    kind: 'refused',
    reason: 'no DNS server runs there (ECONNREFUSED)',
  })
})

test('an answer to another question counts for nothing, and the end ends the waiting', async (t) => {
  await serve(t, '127.0.0.7', (answer) => {
    answer.writeUInt16BE(answer.readUInt16BE(0) ^ 1, 0)
    return answer
  })
  const ending = new AbortController()
  const asked = askResolver(
    { address: '127.0.0.7', name: 'dns.example', uncached: false },
    ending.signal,
  )
  const first = await Promise.race([asked, new Promise((resolve) => setImmediate(resolve, 'none'))])
  assert.equal(first, 'none')
  ending.abort()
  assert.equal(await asked, null)
})

test('many questions at once each find a port', async (t) => {
  await serve(t, '127.0.0.8')
  const outcomes = await Promise.all(Array.from({ length: 40 }, () => ask('127.0.0.8')))
  assert.ok(outcomes.every((outcome) => outcome?.kind === 'answered'))
})

test('a port that another program holds is passed over; where all are held, that is said', async (t) => {
  await serve(t, '127.0.0.9')
  const { first, last } = resolverAskPorts
  const hold = async (port: number): Promise<void> => {
    const socket = createSocket('udp4').bind({ port, exclusive: true })
    t.after(() => socket.close())
    await once(socket, 'listening')
  }
  for (let port = first; port < last; port += 1) await hold(port)
  assert.deepEqual(await ask('127.0.0.9'), { kind: 'answered' })
  await hold(last)
  assert.deepEqual(await ask('127.0.0.9'), {
    kind: 'refused',
    reason: `other programs hold all UDP ports from ${first} to ${last}`,
  })
})
