/**
 * The Supervisor's half of the ingress (its `api/ingress.py`): whoever has a session's cookie is led to
 * the add-on's page, from the one address that the page answers.
 */
import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import { selfInfo } from './supervisor-answers.ts'

/** The cookie that Home Assistant's frontend gets for a user who is logged in. */
export const ingressSession = { name: 'ingress_session', value: 'a-session-of-the-test' }

const token = new URL(selfInfo.ingress_url, 'http://supervisor').pathname.split('/')[3] ?? ''
const prefix = `/ingress/${token}/`
const supervisorAddress = '172.30.32.2'
/** What each hop says for itself. */
const ownHeaders = ['transfer-encoding', 'connection']

/** Whether it is a question for the ingress; then it is answered. */
export function passIngress(request: IncomingMessage, response: ServerResponse): boolean {
  const path = request.url ?? '/'
  if (!path.startsWith('/ingress/')) return false
  if (!hasSession(request)) {
    response.writeHead(401).end('401: Unauthorized')
  } else if (path.startsWith(prefix)) {
    passOn(request, response, path.slice(prefix.length - 1))
  } else {
    response.writeHead(503).end('503: Service Unavailable')
  }
  return true
}

function hasSession({ headers }: IncomingMessage): boolean {
  const cookies = (headers.cookie ?? '').split('; ')
  return cookies.includes(`${ingressSession.name}=${ingressSession.value}`)
}

function passOn(request: IncomingMessage, response: ServerResponse, path: string): void {
  const passed = ask({
    host: selfInfo.ip_address,
    port: selfInfo.ingress_port,
    localAddress: supervisorAddress,
    method: request.method,
    path,
    headers: { ...withoutOwn(request.headers), 'x-remote-user-name': 'owner' },
  })
  passed.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, withoutOwn(answer.headers))
    // Events come one by one, so nothing may wait for more.
    response.flushHeaders()
    answer.pipe(response)
    answer.on('error', () => response.destroy())
  })
  passed.on('error', () => {
    if (response.headersSent) response.destroy()
    else response.writeHead(502).end('502: Bad Gateway')
  })
  response.on('close', () => passed.destroy())
  readBody(request).then(
    (body) => passed.end(body),
    () => passed.destroy(),
  )
}

/** Whole, so that the add-on is told its length. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function withoutOwn(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ownHeaders.includes(name)))
}
