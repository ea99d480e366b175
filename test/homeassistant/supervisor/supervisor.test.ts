import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Answer } from '../../../src/homeassistant/supervisor/answers.ts'
import { Supervisor } from '../../../src/homeassistant/supervisor/supervisor.ts'
import { ok, refused } from '../../fakes/stand-in-answer.ts'
import { StandInSupervisor } from '../../fakes/stand-in-supervisor.ts'
import { hostInfo, mqttService, networkInfo, selfInfo } from '../../fakes/supervisor-answers.ts'

describe('the Supervisor', () => {
  let standIn: StandInSupervisor
  let supervisor: Supervisor

  before(async () => {
    standIn = await StandInSupervisor.start()
  })

  beforeEach(() => {
    supervisor = new Supervisor({ token: standIn.token, baseUrl: standIn.url, timeoutMs: 2_000 })
    standIn.answer('/services/mqtt', ok(mqttService))
    standIn.answer('/addons/self/info', ok(selfInfo))
    standIn.answer('/network/info', ok(networkInfo))
    standIn.answer('/host/info', ok(hostInfo))
  })

  after(() => standIn.close())

  test('names the broker', async () => {
    assert.deepEqual(await supervisor.broker(), {
      kind: 'ok',
      value: {
        host: 'core-mosquitto',
        port: 1883,
        username: 'addons',
        password: 'secret-5127',
        tls: null,
      },
    })
  })

  test('may name a broker that wants TLS and no user', async () => {
    const service = { ...mqttService, ssl: true, username: '', password: null }
    standIn.answer('/services/mqtt', ok(service))
    const answer = await supervisor.broker()
    assert.deepEqual(answer.kind === 'ok' ? answer.value : answer, {
      host: 'core-mosquitto',
      port: 1883,
      username: null,
      password: null,
      tls: { caFile: null, verify: false },
    })
  })

  test('says which port the ingress was given', async () => {
    assert.deepEqual(await supervisor.self(), {
      kind: 'ok',
      value: { ingressPort: 62_837, slug: 'a0d7b954_wan_failover', version: '0.1.0' },
    })
    for (const port of [0, null, undefined]) {
      standIn.answer('/addons/self/info', ok({ ...selfInfo, ingress_port: port }))
      const answer = await supervisor.self()
      assert.equal(answer.kind === 'ok' ? answer.value.ingressPort : answer.reason, null)
    }
  })

  test('lists the interfaces with their gateways, and no link-local address', async () => {
    assert.deepEqual(await supervisor.network(), {
      kind: 'ok',
      value: [
        {
          name: 'end0',
          type: 'ethernet',
          addresses: ['192.168.0.10/24', '2001:db8:1::10/64'],
          gateways: ['192.168.0.1', 'fe80::1'],
          nameservers: ['192.168.0.1'],
          primary: true,
          connected: true,
        },
        {
          name: 'wlan0',
          type: 'wireless',
          addresses: [],
          gateways: [],
          nameservers: [],
          primary: false,
          connected: false,
        },
      ],
    })
  })

  test("names the DNS servers of the Supervisor's own one", async () => {
    assert.deepEqual(await supervisor.dns(), { kind: 'ok', value: ['dns://192.168.0.1'] })
  })

  test('describes the host, as far as it knows it', async () => {
    assert.deepEqual(await supervisor.host(), {
      kind: 'ok',
      value: {
        hostName: 'homeassistant',
        operatingSystem: 'Home Assistant OS 18.1',
        kernel: '6.18.3-haos',
      },
    })
    standIn.answer('/host/info', ok({ hostname: null }))
    assert.deepEqual(await supervisor.host(), {
      kind: 'ok',
      value: { hostName: null, operatingSystem: null, kernel: null },
    })
  })

  const refusals: readonly (readonly [number, string, string])[] = [
    [
      400,
      'no_service',
      'Home Assistant has no MQTT broker: install the Mosquitto add-on, or give mqtt a host',
    ],
    [401, 'forbidden', "the Supervisor doesn't let this add-on ask /services/mqtt (401)"],
    [403, 'forbidden', "the Supervisor doesn't let this add-on ask /services/mqtt (403)"],
    [500, 'invalid', 'the Supervisor answers /services/mqtt with status 500: it broke'],
    [502, 'unreachable', "the Supervisor isn't ready yet (502)"],
    [503, 'unreachable', "the Supervisor isn't ready yet (503)"],
    [504, 'unreachable', "the Supervisor isn't ready yet (504)"],
  ]
  for (const [status, kind, reason] of refusals) {
    test(`that answers ${status} gives the reason ${kind}`, async () => {
      standIn.answer('/services/mqtt', refused(status, 'it broke'))
      assert.deepEqual(await supervisor.broker(), { kind, reason })
    })
  }

  test('that refuses something else than the broker says why', async () => {
    standIn.answer('/network/info', refused(400, 'System is in a bad state'))
    assert.deepEqual(await supervisor.network(), {
      kind: 'invalid',
      reason: 'the Supervisor answers /network/info with status 400: System is in a bad state',
    })
    standIn.answer('/network/info', { status: 404, body: '404: Not Found' })
    assert.deepEqual(await supervisor.network(), {
      kind: 'invalid',
      reason: 'the Supervisor answers /network/info with status 404',
    })
  })

  test('whose answer is broken is not believed, and no password is repeated', async () => {
    const bodies = [
      '',
      '{',
      JSON.stringify({ data: { ...mqttService, port: 'secret-5127' } }),
      JSON.stringify({ data: null }),
      JSON.stringify({ result: 'ok' }),
      '[]',
    ]
    for (const body of bodies) {
      standIn.answer('/services/mqtt', { status: 200, body })
      const answer = await supervisor.broker()
      assert.equal(answer.kind, 'invalid')
      assert.ok(!JSON.stringify(answer).includes('secret-5127'))
    }
  })

  test('that talks without end is not listened to', async () => {
    standIn.answer('/host/info', ok({ hostname: 'x'.repeat(3_000_000) }))
    assert.deepEqual(await supervisor.host(), {
      kind: 'invalid',
      reason: "the Supervisor's answer to /host/info is longer than 2097152 bytes",
    })
  })

  test('that never answers is given up', async () => {
    standIn.answer('/services/mqtt', 'silence')
    const hasty = new Supervisor({ token: standIn.token, baseUrl: standIn.url, timeoutMs: 100 })
    assert.deepEqual(await hasty.broker(), {
      kind: 'unreachable',
      reason: "the Supervisor doesn't answer within 100 ms",
    })
  })

  test('that cuts the connection is unreachable', async () => {
    standIn.answer('/services/mqtt', 'cut')
    assert.deepEqual(await supervisor.broker(), {
      kind: 'unreachable',
      reason: 'the Supervisor cut the connection',
    })
  })

  test('refuses whoever brings another token', async () => {
    const stranger = new Supervisor({ token: 'another', baseUrl: standIn.url })
    const answers: readonly Answer<unknown>[] = [
      await stranger.broker(),
      await stranger.self(),
      await stranger.network(),
      await stranger.host(),
    ]
    for (const answer of answers) assert.equal(answer.kind, 'forbidden')
  })

  test('is not asked without a token', async () => {
    standIn.requests.length = 0
    for (const token of [undefined, '']) {
      const answer = await new Supervisor({ token, baseUrl: standIn.url }).broker()
      assert.equal(answer.kind, 'not_supervised')
    }
    assert.deepEqual(standIn.requests, [])
  })

  test('that is not there is said to be unreachable, with its name', async () => {
    const gone = await StandInSupervisor.start()
    const { url } = gone
    await gone.close()
    const nobody = new Supervisor({ token: 't', baseUrl: url })
    assert.deepEqual(await nobody.host(), {
      kind: 'unreachable',
      reason: `the Supervisor doesn't answer: nothing listens at ${new URL(url).host}`,
    })
    // Longer than a label may be: found unknown without a question to any name server.
    const name = 'x'.repeat(64)
    const nameless = new Supervisor({ token: 't', baseUrl: `http://${name}` })
    assert.deepEqual(await nameless.host(), {
      kind: 'unreachable',
      reason: `the Supervisor can't be found: the name ${name} isn't known here`,
    })
  })
})
