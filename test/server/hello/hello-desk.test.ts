import assert from 'node:assert/strict'
import { test } from 'node:test'
import { helloKeyOf } from '../../../src/kernel/tunnels/hello-key.ts'
import { publicKeyOf } from '../../../src/kernel/tunnels/private-key.ts'
import {
  readHelloAnswer,
  writeHelloAnswer,
  writeHelloQuestion,
} from '../../../src/model/tunnel/hello.ts'
import { HelloDesk } from '../../../src/server/hello/hello-desk.ts'
import { ProvenAddresses } from '../../../src/server/hello/proven-addresses.ts'
import { exampleKey } from '../example-server.ts'
import { provenQuestion } from './asking-house.ts'

const server = exampleKey(1)
const keys = {
  a: exampleKey(2),
  b: exampleKey(3),
}
const hello = {
  a: helloKeyOf(keys.a, publicKeyOf(server)),
  b: helloKeyOf(keys.b, publicKeyOf(server)),
}
const line1 = { address: '198.51.100.7', port: 40_000 }
const line2 = { address: '2001:db8::7', port: 40_001 }
const start = 1_796_000_000_000

function open() {
  const addresses = new ProvenAddresses()
  const desk = new HelloDesk({ secret: new Uint8Array(32).fill(9), addresses })
  const houses = (['a', 'b'] as const).map((name) => ({
    name,
    hello: helloKeyOf(server, publicKeyOf(keys[name])),
  }))
  desk.admit(houses)
  return { desk, addresses, houses }
}

test('a house is told the address it was seen at, in as many bytes as it asked with', () => {
  for (const origin of [line1, line2]) {
    const question = provenQuestion(hello.a, start, 0xcafe)
    const answer = open().desk.answer(question, origin, start)
    assert.equal(answer?.length, question.length)
    const { address, port, token } = readHelloAnswer(answer ?? new Uint8Array()) ?? {}
    assert.deepEqual({ address, port, token }, { ...origin, token: 0xcafe })
  }
})

test('nobody without a key gets an answer', () => {
  const { desk } = open()
  const good = provenQuestion(hello.a, start)
  const forged = [...good.keys()].map((at) => {
    const bytes = Uint8Array.from(good)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    return bytes
  })
  const stranger = helloKeyOf(exampleKey(5), publicKeyOf(server))
  for (const question of [
    ...forged,
    provenQuestion(stranger, start),
    provenQuestion({ ...stranger, house: hello.a.house }, start),
    writeHelloQuestion(1),
    new Uint8Array(0),
  ]) {
    assert.equal(desk.answer(question, line1, start), null)
  }
  assert.notEqual(desk.answer(good, line1, start), null)
})

test('a question is answered once, whoever sends it again from wherever', () => {
  const { desk } = open()
  const question = provenQuestion(hello.a, start)
  assert.notEqual(desk.answer(question, line1, start), null)
  assert.equal(desk.answer(question, line1, start), null)
  assert.equal(desk.answer(question, line2, start + 1), null)
  for (let later = 1; later < 20; later += 1) {
    const next = provenQuestion(hello.a, start + 1_000 * later)
    assert.notEqual(desk.answer(next, line1, start + 1_000 * later), null)
    assert.equal(desk.answer(question, line2, start + 1_000 * later), null)
  }
})

test('a question by the slower line may come after a later one by the faster', () => {
  const { desk } = open()
  assert.notEqual(desk.answer(provenQuestion(hello.a, start + 1_000), line1, start), null)
  assert.notEqual(desk.answer(provenQuestion(hello.a, start), line2, start), null)
  assert.equal(desk.answer(provenQuestion(hello.a, start - 4_000), line2, start), null)
})

test('an address counts for who brings the cookie back within two minutes, and no longer', () => {
  const { desk, addresses } = open()
  const answer = desk.answer(provenQuestion(hello.a, start), line1, start) ?? new Uint8Array()
  const minuteEnd = (Math.floor(start / 60_000) + 2) * 60_000
  assert.equal(desk.takeBack(answer, 'a', minuteEnd - 1), true)
  assert.equal(desk.takeBack(answer, 'a', minuteEnd), false)
  assert.equal(addresses.nextEndMs(), minuteEnd - 1 + 30_000)
})

test('a cookie is good for the address it was given for', () => {
  const { desk } = open()
  const answer = desk.answer(provenQuestion(hello.a, start), line1, start) ?? new Uint8Array()
  const read = readHelloAnswer(answer)
  assert.ok(read)
  for (const change of [{ port: 1 }, { address: '203.0.113.1' }, { cookie: new Uint8Array(16) }]) {
    assert.equal(desk.takeBack(writeHelloAnswer({ ...read, ...change }), 'a', start), false)
  }
  assert.equal(desk.takeBack(answer, 'a', start), true)
})

test('a house can’t take another one’s address', () => {
  const { desk } = open()
  const answer = desk.answer(provenQuestion(hello.a, start), line1, start) ?? new Uint8Array()
  assert.equal(desk.takeBack(answer, 'a', start), true)
  assert.equal(desk.takeBack(answer, 'b', start), false)
})

test('a house with another key has to prove its addresses anew', () => {
  const { desk, addresses, houses } = open()
  for (const [nth, address] of ['198.51.100.7', '198.51.100.8'].entries()) {
    const origin = { address, port: 40_000 }
    const answer = desk.answer(provenQuestion(hello.a, start + nth), origin, start)
    assert.equal(desk.takeBack(answer ?? new Uint8Array(), 'a', start), true)
  }
  desk.admit(houses)
  assert.equal(addresses.twins(start).length, 1)
  desk.admit(
    houses.map((house) =>
      house.name === 'a' ? { ...house, hello: { ...hello.a, house: 7 } } : house,
    ),
  )
  assert.equal(addresses.twins(start).length, 0)
  assert.equal(desk.answer(provenQuestion(hello.a, start + 9), line1, start), null)
})
