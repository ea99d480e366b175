import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { before, test } from 'node:test'
import type { IngressPort } from '../../src/web/web-page.ts'
import { waitFor } from '../wait-for.ts'
import { ask } from './ask.ts'
import { OpenedPage } from './opened-page.ts'

const host = '172.30.32.1'
const supervisor = '172.30.32.2'
const port = 62_007
const asked = { host, port, path: '/api/state' }

const ip = (...words: readonly string[]): void => void execFileSync('ip', words)

before(() => {
  ip('link', 'set', 'lo', 'up')
  for (const address of [supervisor, '172.30.32.3']) ip('addr', 'add', `${address}/32`, 'dev', 'lo')
})

/** Every wait is over when the test says so. */
function handClock() {
  const wakes = new Set<() => void>()
  return {
    nowMs: () => performance.now(),
    wallMs: () => Date.now(),
    wake(_: number, callback: () => void) {
      wakes.add(callback)
      return () => wakes.delete(callback)
    },
    again() {
      for (const wake of [...wakes]) {
        wakes.delete(wake)
        wake()
      }
    },
  }
}

test("a Supervisor that is not up yet, and an address that Docker hasn't made, are waited for", async () => {
  let answer: IngressPort = { kind: 'unknown', reason: "the Supervisor isn't ready yet (502)" }
  const clock = handClock()
  await using opened = new OpenedPage({ kind: 'ingress', askPort: async () => answer }, clock)
  const { log } = opened
  const line = async (pattern: RegExp) => {
    await waitFor(
      () => {
        clock.again()
        return log.matching(pattern).length > 0
      },
      { deadlineMs: 5_000, what: `${pattern}` },
    )
  }
  await line(/^warn: the web page is not served yet: the Supervisor isn't ready yet/)
  answer = { kind: 'port', port }
  await line(/^warn: .*172\.30\.32\.1:62007\/: this host does not have the address yet/)
  ip('addr', 'add', `${host}/32`, 'dev', 'lo')
  await line(/^info: the web page is at http:\/\/172\.30\.32\.1:62007\//)
  assert.equal(log.lines.length, 3)
  assert.equal((await ask({ ...asked, localAddress: supervisor })).status, 200)
})

test('only the Supervisor gets an answer, at that one address', async () => {
  const askPort = async (): Promise<IngressPort> => ({ kind: 'port', port })
  await using opened = new OpenedPage({ kind: 'ingress', askPort })
  await opened.opened()
  for (const localAddress of [host, '172.30.32.3', '127.0.0.1']) {
    await assert.rejects(ask({ ...asked, localAddress }), /ECONNRESET|socket hang up/, localAddress)
  }
  await assert.rejects(ask({ ...asked, host: '127.0.0.1' }), /ECONNREFUSED/)
  await assert.rejects(ask({ ...asked, host: supervisor }), /ECONNREFUSED/)
  const headers = { host: 'ha.example', 'x-ingress-path': '/api/hassio_ingress/abc' }
  const reply = await ask({ ...asked, localAddress: supervisor, headers })
  assert.equal(reply.status, 200)
  const page = await ask({ ...asked, path: '/', localAddress: supervisor, headers })
  assert.doesNotMatch(page.body, /(href|src|action)="\//, 'every URL is relative')
})

test("commands come through Home Assistant's proxies, and another site's do not", async () => {
  const askPort = async (): Promise<IngressPort> => ({ kind: 'port', port })
  await using opened = new OpenedPage({ kind: 'ingress', askPort })
  await opened.opened()
  const post = (headers: Readonly<Record<string, string>>) =>
    ask({
      ...asked,
      method: 'POST',
      path: '/api/failback',
      localAddress: supervisor,
      headers: { 'content-type': 'application/json', host: 'ha.local:8123', ...headers },
      body: '{}',
    })
  assert.equal((await post({ origin: 'http://ha.local:8123' })).status, 202)
  assert.equal((await post({ origin: 'http://evil.example' })).status, 403)
  assert.equal(opened.commands.length, 1)
})
