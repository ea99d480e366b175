import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { askSupervisorForBroker } from '../../src/homeassistant/supervisor.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

async function asked(answer: Answer, timeoutMs = 2_000) {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  try {
    return await askSupervisorForBroker({
      token: 'token-1',
      baseUrl: `http://127.0.0.1:${port}`,
      timeoutMs,
    })
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

function json(status: number, body: unknown): Answer {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
}

const service = {
  addon: 'core_mosquitto',
  host: 'core-mosquitto',
  port: 1883,
  ssl: false,
  username: 'addons',
  password: 'secret-5127',
  protocol: '3.1.1',
}

describe('the Supervisor', () => {
  test('tells the broker to whom brings its token', async () => {
    const answer = await asked((request, response) => {
      const right =
        request.url === '/services/mqtt' && request.headers.authorization === 'Bearer token-1'
      json(right ? 200 : 500, { result: 'ok', data: service })(request, response)
    })
    assert.deepEqual(answer, {
      kind: 'broker',
      broker: {
        host: 'core-mosquitto',
        port: 1883,
        username: 'addons',
        password: 'secret-5127',
        tls: null,
      },
    })
  })

  test('may want TLS and no user', async () => {
    const data = { ...service, ssl: true, username: '', password: null }
    const answer = await asked(json(200, { result: 'ok', data }))
    assert.equal(answer.kind, 'broker')
    assert.deepEqual(answer.kind === 'broker' ? answer.broker : null, {
      host: 'core-mosquitto',
      port: 1883,
      username: null,
      password: null,
      tls: { caFile: null, verify: false },
    })
  })

  const refusals: readonly (readonly [number, string])[] = [
    [400, 'no_service'],
    [401, 'forbidden'],
    [403, 'forbidden'],
    [502, 'unreachable'],
    [500, 'invalid'],
  ]
  for (const [status, kind] of refusals) {
    test(`that answers ${status} gives the reason ${kind}`, async () => {
      const answer = await asked(json(status, { result: 'error', message: 'x' }))
      assert.equal(answer.kind, kind)
    })
  }

  test('whose answer is broken is not believed, and no password is repeated', async () => {
    for (const body of ['', '{', { data: { ...service, port: 'secret-5127' } }, { data: null }]) {
      const answer = await asked(json(200, body))
      assert.equal(answer.kind, 'invalid')
      assert.ok(!JSON.stringify(answer).includes('secret-5127'))
    }
  })

  test('that never answers is given up', async () => {
    const answer = await asked(() => undefined, 100)
    assert.deepEqual(answer, {
      kind: 'unreachable',
      reason: "the Supervisor doesn't answer: no answer in time",
    })
  })

  test('is not asked without a token', async () => {
    for (const token of [undefined, '']) {
      const answer = await askSupervisorForBroker({ token, baseUrl: 'http://127.0.0.1:1' })
      assert.equal(answer.kind, 'not_supervised')
    }
  })

  test('that is not there is said to be unreachable', async () => {
    const answer = await askSupervisorForBroker({ token: 't', baseUrl: 'http://127.0.0.1:1' })
    assert.equal(answer.kind, 'unreachable')
  })
})
