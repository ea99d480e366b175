/** Requests as no browser sends them, as bytes: by a seed. None has a key or a token. */
import type { Random } from '../../random.ts'
import { brokenText } from '../hostile/breaking.ts'

export interface HostileRequest {
  /** Sent one after the other, with a moment between them. */
  readonly pieces: readonly Buffer[]
  readonly end: 'waits' | 'half-closes' | 'resets' | 'never reads'
}

export function hostileRequest(random: Random): HostileRequest {
  const payload = body(random)
  const text = head(random, payload) + payload
  const broken = random.chance(0.15) ? brokenText(random, text) : text
  const bytes = Buffer.from(broken, random.chance(0.5) ? 'latin1' : 'utf8')
  const count = random.chance(0.2) ? 2 + random.below(6) : 1
  const size = Math.ceil(bytes.length / count)
  const pieces = Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
  return { pieces, end: random.pick(['waits', 'waits', 'half-closes', 'resets', 'never reads']) }
}

/** Mostly well-formed, or no more than the parser of HTTP would be tried. */
function head(random: Random, payload: string): string {
  const isWellFormed = random.chance(0.8)
  const method = random.pick(isWellFormed ? ['GET', 'POST', 'POST', 'HEAD'] : methods)
  const line = `${method} ${path(random)} ${isWellFormed ? 'HTTP/1.1' : random.pick(versions)}`
  const headers = [
    random.pick(isWellFormed ? ['Host: localhost', 'Host: 127.0.0.1:8099'] : hosts),
    ...Array.from({ length: random.below(4) }, () => random.pick(oddHeaders)),
    ...(isWellFormed ? [] : [random.pick(malformed)]),
    ...(random.chance(0.7) ? ['Content-Type: application/json'] : []),
    ...(random.chance(0.7) ? [`Content-Length: ${Buffer.byteLength(payload)}`] : []),
    ...(random.chance(0.03) ? [`X-Long: ${'x'.repeat(70_000)}`] : []),
    ...(random.chance(0.03) ? Array.from({ length: 3_000 }, (_, i) => `X-${i}: 1`) : []),
  ]
  return [line, ...headers, '', ''].join(isWellFormed ? '\r\n' : '\n')
}

function path(random: Random): string {
  const one = random.pick(paths)
  if (random.chance(0.2)) return brokenText(random, one)
  if (random.chance(0.1)) return `${one}?${brokenText(random, 'from=1&to=2&month=2026-11')}`
  return random.chance(0.03) ? `${one}${'/a'.repeat(20_000)}` : one
}

function body(random: Random): string {
  if (random.chance(0.4)) return ''
  if (random.chance(0.03)) return 'x'.repeat(3_000_000)
  return brokenText(random, random.pick(bodies))
}

const methods = [
  ...['PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH', 'CONNECT', 'PRI', 'get', 'G E T', ''],
  ...['X'.repeat(300), 'POST\t'],
]
const versions = ['HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9', '', 'HTTP/1.1 x']
const paths = [
  ...['/', '/app.js', '/health', '/metrics', '/login', '/api/state', '/api/setup', '/api/history'],
  ...['/api/events', '/api/options', '/api/options/check', '/api/options/confirm', '/api/devices'],
  ...['/api/options/restore', '/api/test_failover', '/api/mode', '/api/failback', '/api/rest'],
  ...['/api/lines/search', '/api/explain?from=x&to=y', '/api/report?month=2026-11&format=csv'],
  ...['/../../etc/passwd', '/%2e%2e/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2fetc%2fpasswd', '/%00'],
  ...['/....//....//etc/passwd', '/static/../../src/main.ts', '/%c0%ae%c0%ae/etc/passwd', '//etc'],
  ...['http://evil.example/api/state', 'evil.example:443', '/\\..\\..\\etc\\passwd', '/%', '/?%'],
]
const hosts = [
  ...['Host: evil.example', 'Host:', 'Host: localhost\r\nHost: evil.example', 'X-No-Host: 1'],
  ...['Host: [::1', 'Host: a b', 'Host: localhost@evil.example'],
]
const oddHeaders = [
  ...['Origin: https://evil.example', 'Origin: null', 'Sec-Fetch-Site: cross-site', 'Origin: x'],
  ...['X-Forwarded-For: 172.30.32.2', 'X-Forwarded-Host: localhost', 'X-Real-IP: 127.0.0.1'],
  ...['X-Remote-User-Id: admin', 'X-Ingress-Path: "><script>alert(1)</script>'],
  ...['Authorization: Bearer', 'Authorization: Bearer ../../key', 'Authorization: Basic YTpi'],
  ...['Cookie: session=1; session=2; __proto__=3', `Cookie: ${'a=b; '.repeat(2_000)}`],
  ...['Expect: 100-continue', 'Upgrade: websocket\r\nConnection: Upgrade', 'Upgrade: h2c'],
  ...['Range: bytes=0-,5-2,-1', 'If-None-Match: *', 'If-None-Match: W/"', 'Connection: close'],
  ...['Accept-Encoding: gzip;q=x', 'Content-Type: text/plain', 'Last-Event-ID: __proto__'],
  ...['Content-Type: application/x-www-form-urlencoded', 'Content-Encoding: gzip'],
  ...['Transfer-Encoding: chunked'],
]
const malformed = [
  ...['Content-Length: 10', 'Content-Length: -1', 'Content-Length: 99999999999', 'Bad Header: 1'],
  ...['Content-Length: 5\r\nContent-Length: 6', 'Transfer-Encoding: x', ': x', 'X: \0', ' X: 1'],
]
const bodies = [
  ...['{"on": true}', '{"mode": "secondary"}', '{}', 'token=x', '5\r\nabcde\r\n0\r\n\r\n'],
  ...['{"yaml": "wans: []", "version": "1"}', '{"__proto__": {"on": true}}', 'zz\r\n\r\n'],
  ...['['.repeat(5_000), 'ffffffffffffffff\r\nx', '{"on": true}{"on": true}', '\u0000\u0000'],
]
