import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { systemClock } from '../../src/daemon/system-clock.ts'
import { exampleEvent, exampleSnapshot } from '../examples/example-snapshot.ts'
import { waitFor } from '../wait-for.ts'
import { ask, command } from './ask.ts'
import { exampleSetup, freePort, key, OpenedPage } from './opened-page.ts'

const bearer = { authorization: `Bearer ${key}` }
const soon = { deadlineMs: 5_000 }

/** What comes on the event stream; `pause` stops reading. */
async function listen(port: number) {
  const stream = { text: '', ended: false, pause: () => {}, resume: () => {}, stop: () => {} }
  await new Promise<void>((resolve, reject) => {
    const asking = get({ port, host: '127.0.0.1', path: '/api/events' }, (response) => {
      stream.pause = () => response.pause()
      stream.resume = () => response.resume()
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        stream.text += chunk
      })
      response.on('close', () => {
        stream.ended = true
      })
      response.on('error', () => {
        stream.ended = true
      })
      resolve()
    })
    stream.stop = () => asking.destroy()
    asking.on('error', reject)
  })
  return stream
}

test('state, setup and explanations are told as JSON that nobody may keep', async () => {
  await using opened = await OpenedPage.standalone()
  const { port } = opened
  const state = await ask({ port, path: '/api/state' })
  assert.deepEqual(JSON.parse(state.body), exampleSnapshot())
  assert.equal(state.headers['content-type'], 'application/json')
  assert.equal(state.headers['cache-control'], 'no-store')
  const setup = JSON.parse((await ask({ port, path: '/api/setup' })).body)
  assert.deepEqual(setup, { ...exampleSetup, commands_need_key: true })
  const way = await ask({ port, path: '/api/explain?from=192.168.0.50' })
  const { from, to, answers } = JSON.parse(way.body)
  assert.deepEqual([from, to, answers[0].reason], ['192.168.0.50', '1.1.1.1', 'to 1.1.1.1'])
  opened.snapshot = null
  const early = await ask({ port, path: '/api/state' })
  assert.deepEqual([early.status, early.body], [503, '{"error":"it has just started, ask again"}'])
})

test('what is wrong with a question is said, with 400; what is nowhere, with 404', async () => {
  await using opened = await OpenedPage.standalone()
  const { port } = opened
  const wrong = [
    ['/api/explain?from=tablet', 400, /from: found \\?"tablet/],
    ['/api/history?from=1&to=x', 400, /milliseconds since 1970/],
    ['/api/report', 400, /month: found nothing, expected a month, as month=2026-11/],
    ['/api/report?month=2026-13', 400, /month: found .{1,2}2026-13/],
    [
      '/api/report?month=2026-11&format=pdf',
      400,
      /format: found .{1,2}pdf.{1,2}, expected json or csv/,
    ],
    ['/api/nothing', 404, /there is nothing at \/api\/nothing/],
    ['/../history.db', 404, /error/],
    ['/history.db', 404, /error/],
    ['/%2e%2e%2fhistory.db', 404, /error/],
    ['/page.js', 404, /the page has no file page\.js/],
  ] as const
  for (const [path, status, error] of wrong) {
    const reply = await ask({ port, path })
    assert.equal(reply.status, status, path)
    assert.match(reply.body, error)
  }
})

test('commands go where those of MQTT go, and are accepted before they are done', async () => {
  await using opened = await OpenedPage.standalone()
  const { port, commands } = opened
  const replies = [
    await command(port, '/api/test_failover', { on: true }, bearer),
    await command(port, '/api/mode', { mode: 'secondary' }, bearer),
    await command(port, '/api/failback', {}, bearer),
  ]
  assert.deepEqual(
    replies.map(({ status, body }) => [status, body]),
    [
      [202, '{}'],
      [202, '{}'],
      [202, '{}'],
    ],
  )
  assert.deepEqual(commands, [
    { kind: 'set_test', on: true },
    { kind: 'set_mode', mode: 'secondary' },
    { kind: 'fail_back' },
  ])
  const wrong = await command(port, '/api/mode', { mode: 'third' }, bearer)
  assert.deepEqual(
    [wrong.status, JSON.parse(wrong.body).error],
    [400, 'mode: found "third", expected automatic, primary, secondary'],
  )
})

test('nothing that could come from elsewhere gives a command', async () => {
  await using opened = await OpenedPage.standalone()
  const { port } = opened
  const path = '/api/test_failover'
  // Even with the key, which no other site has.
  const json = { 'content-type': 'application/json', ...bearer }
  const body = '{"on":true}'
  const attempts = [
    [{ path }, 404],
    [{ path: `${path}?on=true` }, 404],
    [{ path, method: 'PUT', headers: json, body }, 405],
    [{ path, method: 'OPTIONS', headers: { origin: 'http://evil.example' } }, 405],
    [{ path, method: 'POST', body, headers: { ...json, origin: 'http://evil.example' } }, 403],
    [{ path, method: 'POST', body, headers: { ...json, 'sec-fetch-site': 'cross-site' } }, 403],
    [{ path, method: 'POST', body, headers: { ...json, host: 'rebound.example' } }, 403],
    [{ path, method: 'POST', body, headers: { 'content-type': 'text/plain' } }, 415],
    [{ path, method: 'POST', body: 'on=true', headers: { 'content-type': formType } }, 415],
    [{ path, method: 'POST', headers: json, body: `{"on":true}${' '.repeat(5_000)}` }, 413],
    [{ path, method: 'POST', headers: { ...json, ...chunked }, body: ' '.repeat(5_000) }, 413],
  ] as const
  for (const [question, status] of attempts) {
    const reply = await ask({ port, ...question })
    assert.equal(reply.status, status, JSON.stringify(question).slice(0, 200))
    assert.equal(typeof JSON.parse(reply.body).error, 'string')
    assert.equal(reply.headers['access-control-allow-origin'], undefined)
  }
  assert.deepEqual(opened.commands, [])
})

test('a body whose length no proxy has said is read all the same', async () => {
  await using opened = await OpenedPage.standalone()
  const { port, commands } = opened
  const headers = { 'content-type': 'application/json', ...bearer, ...chunked }
  const path = '/api/test_failover'
  const reply = await ask({ port, path, method: 'POST', headers, body: '{"on":true}' })
  assert.deepEqual([reply.status, reply.body], [202, '{}'])
  assert.deepEqual(commands, [{ kind: 'set_test', on: true }])
})

const formType = 'application/x-www-form-urlencoded'
const chunked = { 'transfer-encoding': 'chunked' }

test('a request that says no length is answered, and one that breaks off is no error', async () => {
  await using opened = await OpenedPage.standalone()
  const { port } = opened
  const head = 'HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
  const lengthless = connect(port, '127.0.0.1')
  let answer = ''
  lengthless.setEncoding('utf8').on('data', (text: string) => {
    answer += text
  })
  lengthless.write(`POST /nowhere ${head}\r\n`)
  await waitFor(() => /^HTTP\/1.1 \d+ /.exec(answer), { what: 'an answer' })
  lengthless.destroy()
  assert.match(answer, /^HTTP\/1.1 (401|403|404) /)
  const broken = connect(port, '127.0.0.1')
  broken.write(`POST /api/state ${head}Content-Length: 100\r\n\r\n{`, () => broken.destroy())
  await new Promise((resolve) => broken.once('close', resolve))
  assert.equal((await ask({ port, path: '/health' })).status, 200)
  assert.deepEqual(
    opened.log.lines.filter((line) => line.startsWith('error')),
    [],
  )
})

test('every answer carries the headers that keep what is strange from being run or framed', async () => {
  await using opened = await OpenedPage.standalone()
  for (const path of ['/', '/api/state', '/nowhere', '/health', '/api/events']) {
    const { headers } = await ask({ port: opened.port, path, method: 'HEAD' })
    assert.equal(
      headers['content-security-policy'],
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
        "img-src 'self' data:; frame-ancestors 'self'; base-uri 'none'; form-action 'self'",
    )
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['referrer-policy'], 'same-origin')
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin')
  }
})

test('headers that never end and lines that are too long are cut off', async () => {
  await using opened = await OpenedPage.standalone()
  const long = await ask({ port: opened.port, headers: { 'x-long': 'x'.repeat(9_000) } })
  assert.equal(long.status, 431)
  const slow = connect(opened.port, '127.0.0.1')
  slow.on('error', () => slow.destroy())
  slow.resume()
  slow.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
  await waitFor(() => slow.destroyed, {
    deadlineMs: 15_000,
    what: 'the slow one to be cut off',
  }).finally(() => slow.destroy())
})

test('listeners hear the state at once and at each publication, and every change', async () => {
  await using opened = await OpenedPage.standalone()
  const stream = await listen(opened.port)
  await waitFor(() => stream.text.includes('event: state'), { ...soon, what: 'the first state' })
  opened.page.announce(exampleEvent)
  opened.page.publish(exampleSnapshot({ active: 'secondary' }))
  await waitFor(() => stream.text.split('event: state').length === 3, { ...soon, what: 'a state' })
  const messages = stream.text.split('\n\n').filter((text) => text.startsWith('event'))
  assert.deepEqual(
    messages.map((text) => text.split('\n')[0]),
    ['event: state', 'event: change', 'event: state'],
  )
  const data = messages.map((text) => JSON.parse(text.slice(text.indexOf('data: ') + 6)))
  assert.deepEqual(data[1], exampleEvent)
  assert.equal(data[2].active, 'secondary')
  stream.stop()
})

test('a listener that does not read is cut off, while others go on', async () => {
  await using opened = await OpenedPage.standalone()
  const slow = await listen(opened.port)
  const quick = await listen(opened.port)
  slow.pause()
  const large = exampleSnapshot({ problems: ['x'.repeat(100_000)] })
  const bytes = JSON.stringify(large).length
  // More than the kernel keeps for a socket that is not read.
  for (let n = 1; n <= 200; n++) {
    opened.page.publish(large)
    await waitFor(() => quick.text.length > n * bytes, { ...soon, what: 'the quick one' })
  }
  slow.resume()
  await waitFor(() => slow.ended, { ...soon, what: 'the slow one to be cut off' })
  assert.ok(slow.text.length < 15_000_000, `${slow.text.length} bytes were kept for it`)
  assert.equal(quick.ended, false)
  quick.stop()
})

test('no more than sixteen listen, and who leaves makes room', async () => {
  await using opened = await OpenedPage.standalone()
  const streams = []
  for (let n = 0; n < 16; n++) streams.push(await listen(opened.port))
  const refused = await ask({ port: opened.port, path: '/api/events' })
  assert.equal(refused.status, 503)
  streams[0]?.stop()
  await waitFor(
    async () => {
      const stream = await listen(opened.port)
      const heard = await waitFor(() => stream.text, { ...soon, what: 'anything' })
      stream.stop()
      return heard.includes('event: state')
    },
    { ...soon, what: 'room for another one' },
  )
  for (const stream of streams) stream.stop()
})

test('it closes within two seconds, whoever listens or hangs', async () => {
  await using opened = await OpenedPage.standalone()
  const stream = await listen(opened.port)
  const idle = connect(opened.port, '127.0.0.1')
  await new Promise((resolve) => idle.once('connect', resolve))
  const startMs = performance.now()
  await opened.page.close()
  assert.ok(performance.now() - startMs < 2_000)
  await waitFor(() => stream.ended, { ...soon, what: 'the stream to end' })
  await assert.rejects(ask({ port: opened.port }), /ECONNREFUSED/)
  idle.destroy()
})

test('health follows the loop and not the WANs', async () => {
  await using opened = await OpenedPage.standalone()
  opened.snapshot = exampleSnapshot({ active: null, problems: ['every WAN is down'] })
  const well = await ask({ port: opened.port, path: '/health' })
  const body = '{"status":"ok","problems":["every WAN is down"]}'
  assert.deepEqual([well.status, well.body], [200, body])
  opened.alive = false
  assert.equal((await ask({ port: opened.port, path: '/health' })).status, 503)
})

test('the history has what was published and announced', async () => {
  await using opened = await OpenedPage.standalone()
  opened.page.publish(exampleSnapshot())
  opened.page.announce({ ...exampleEvent, at: new Date().toISOString() })
  const now = Date.now()
  const path = `/api/history?from=${now - 3_600_000}&to=${now + 1_000}`
  const told = JSON.parse((await ask({ port: opened.port, path })).body)
  assert.deepEqual(told.wans.primary.latency_ms, [12.1])
  assert.deepEqual(told.events[0].lasted_ms, null)
})

test('the report of a month is told as JSON, and as a table to keep', async () => {
  await using opened = await OpenedPage.standalone()
  const [year, month] = new Date().toISOString().split('-')
  opened.page.publish(exampleSnapshot())
  opened.page.announce({ ...exampleEvent, event_type: 'wan_down', wan: 'primary' })
  const path = `/api/report?month=${year}-${month}`
  const told = JSON.parse((await ask({ port: opened.port, path })).body)
  assert.equal(told.outages[0].wan, 'primary')
  assert.equal(told.wans.secondary.availability_percent, 100)
  const { body, headers } = await ask({ port: opened.port, path: `${path}&format=csv` })
  assert.match(body, /^line,down_from,.*\r\nprimary,20/)
  assert.equal(headers['content-type'], 'text/csv; charset=utf-8')
  const name = `wan-failover-${year}-${month}.csv`
  assert.equal(headers['content-disposition'], `attachment; filename="${name}"`)
})

test('without a built page it says how to build one', async () => {
  await using opened = await OpenedPage.standalone()
  const { status, body } = await ask({ port: opened.port })
  assert.equal(status, 200)
  assert.match(body, /script\/build-page/)
})

test('the files of the page are told compressed where they are, and again only when they change', async () => {
  await using opened = await OpenedPage.standalone()
  const { port } = opened
  const folder = join(opened.folder, 'page')
  mkdirSync(folder)
  writeFileSync(join(folder, 'index.html'), '<!doctype html>')
  writeFileSync(join(folder, 'page-5ZC4PQ2A.js'), 'export {}')
  writeFileSync(join(folder, 'page-5ZC4PQ2A.js.gz'), gzipSync('export {}'))
  writeFileSync(join(folder, 'notes.txt'), 'not of the page')
  const index = await ask({ port })
  assert.deepEqual([index.body, index.headers['cache-control']], ['<!doctype html>', 'no-cache'])
  assert.match(index.headers['content-type'] ?? '', /^text\/html/)
  const again = await ask({ port, headers: { 'if-none-match': index.headers.etag ?? '' } })
  assert.deepEqual([again.status, again.body], [304, ''])
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>new</title>')
  const changed = await ask({ port, headers: { 'if-none-match': index.headers.etag ?? '' } })
  assert.equal(changed.status, 200)
  const script = await ask({
    port,
    path: '/page-5ZC4PQ2A.js',
    headers: { 'accept-encoding': 'gzip, br' },
  })
  assert.equal(script.headers['content-encoding'], 'gzip')
  assert.equal(script.headers['cache-control'], 'public, max-age=31536000, immutable')
  const plain = await ask({ port, path: '/page-5ZC4PQ2A.js' })
  assert.deepEqual([plain.body, plain.headers['content-encoding']], ['export {}', undefined])
  assert.equal((await ask({ port, path: '/notes.txt' })).status, 404)
})

test('a port that another program has is said once, and taken when it is free', async () => {
  const port = await freePort()
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
  const wakes: (() => void)[] = []
  const clock = {
    ...systemClock,
    wake: (_: number, callback: () => void) => {
      wakes.push(callback)
      return () => {}
    },
  }
  await using opened = new OpenedPage({ kind: 'standalone', port, token: null, key }, clock)
  const again = () => {
    for (const wake of wakes.splice(0)) wake()
  }
  const taken = /127\.0\.0\.1:\d+\/: another program has this port; change web\.port/
  await waitFor(() => opened.log.matching(taken).length > 0, { ...soon, what: 'the complaint' })
  again()
  await new Promise<void>((resolve) => other.close(() => resolve()))
  await waitFor(
    () => {
      again()
      return opened.log.matching(/at http:\/\/127\.0\.0\.1/).length > 1
    },
    { ...soon, what: 'the port to be taken' },
  )
  assert.equal(opened.log.matching(taken).length, 1)
  assert.equal((await ask({ port, path: '/health' })).status, 200)
})

test('a stream on which nothing happens gives a sign of life every fifteen seconds', async () => {
  const wakes: { afterMs: number; callback: () => void }[] = []
  const clock = {
    ...systemClock,
    wake(atMs: number, callback: () => void) {
      wakes.push({ afterMs: atMs - systemClock.nowMs(), callback })
      return () => {}
    },
  }
  const port = await freePort()
  await using opened = new OpenedPage({ kind: 'standalone', port, token: null, key }, clock)
  await opened.opened()
  const stream = await listen(port)
  const beats = () => wakes.filter(({ afterMs }) => Math.round(afterMs / 1_000) === 15)
  assert.equal(beats().length, 1)
  beats()[0]?.callback()
  await waitFor(() => /^: /m.test(stream.text), { ...soon, what: 'a comment line' })
  assert.equal(beats().length, 2)
  stream.stop()
})
