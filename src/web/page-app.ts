/** Which path answers what, by Hono. Every request has passed the guard before. */
import type { HttpBindings } from '@hono/node-server'
import type { Context, Hono } from 'hono'
import type { CommandListener } from '../model/audience.ts'
import type { Log } from '../model/log.ts'
import type { ExplainedCase } from '../model/published/explanation.ts'
import type { Setup } from '../model/published/setup.ts'
import type { Snapshot } from '../model/published/snapshot.ts'
import type { CommandKey } from './access/command-key.ts'
import { type Entrance, loginPath, refusalOf } from './access/guard.ts'
import { type Admission, noCookie, type TokenGate, windowMs } from './access/token-gate.ts'
import { addDevices, type DeviceFinder } from './devices-routes.ts'
import type { EventStream } from './event-stream.ts'
import type { History } from './history/history.ts'
import { addLines, type LineSearcher } from './lines-routes.ts'
import type { Metrics } from './metrics.ts'
import { addNotify, type ListNotifyServices } from './notify-routes.ts'
import { addOptions, type OptionsDesk, optionsPaths } from './options-routes.ts'
import { commandKinds, commandPaths } from './page-commands.ts'
import { loadPageLibrary, type PageLibrary } from './page-library.ts'
import { loginPage, unbuiltPage } from './plain-pages.ts'
import { addReport } from './report-routes.ts'
import {
  type Known,
  readCommand,
  readRange,
  readWayQuestion,
  type WayQuestion,
} from './requests.ts'
import type { StaticFiles } from './static-files.ts'

export interface AppParts {
  readonly known: Known
  readonly snapshot: () => Snapshot | null
  /** null: the daemon hasn't read the host yet. */
  readonly explain: (question: WayQuestion) => readonly ExplainedCase[] | null
  readonly setup: () => Promise<Setup | null>
  readonly lines: LineSearcher
  readonly devices: DeviceFinder
  readonly notifyServices: ListNotifyServices
  readonly options: OptionsDesk
  readonly loopIsAlive: () => boolean
  readonly onCommand: CommandListener
  readonly entrance: Entrance
  /** null: no token is needed. */
  readonly gate: TokenGate | null
  /** null: whoever may read may give commands. */
  readonly key: CommandKey | null
  readonly history: Pick<History, 'answer' | 'month'>
  readonly stream: EventStream
  readonly metrics: Metrics
  readonly files: StaticFiles
  readonly log: Log
}

type Environment = { readonly Bindings: HttpBindings }
type Asking = Context<Environment>

/** Answers the requests that Node's server gets; resolves once the library is loaded. */
export async function createPageListener(parts: AppParts): Promise<PageListener> {
  const library = await loadPageLibrary()
  // It would replace Request and Response for the whole process.
  return library.getRequestListener(createApp(parts, library).fetch, {
    overrideGlobalObjects: false,
  })
}

export type PageListener = ReturnType<PageLibrary['getRequestListener']>

function createApp(parts: AppParts, library: PageLibrary): Hono<Environment> {
  const { bodyLimit, RequestError } = library
  const app = new library.Hono<Environment>()
  app.use(async (context, next) => guard(context, parts) ?? (await next()))
  app.use(async (context, next) => {
    context.req.raw = ordinary(context.req.raw)
    const maxSize = optionsPaths.test(context.req.path) ? maxOptionsBodyBytes : maxBodyBytes
    return bodyLimit({ maxSize, onError: () => tooLarge(context, maxSize) })(context, next)
  })
  app.post('/api/*', async (context, next) => withoutKey(context, parts) ?? (await next()))
  // What a house has of devices, and who talks how much, is nothing for each user of this host.
  app.use('/api/devices', async (context, next) => withoutKey(context, parts) ?? (await next()))
  addReading(app, parts, library)
  addReport(app, parts.history)
  addCommands(app, parts)
  addLines(app, parts.lines)
  addDevices(app, parts.devices)
  addNotify(app, parts.notifyServices)
  addOptions(app, parts.options)
  app.get('/:name?', (context) => file(context, parts))
  app.notFound((context) => failed(context, 404, `there is nothing at ${context.req.path}`))
  app.onError((error, context) => {
    if (error instanceof RequestError) return failed(context, 400, error.message)
    // Whoever asks may go away in the midst of it, as often as it likes.
    if ('code' in error && error.code === 'ECONNRESET') return failed(context, 400, 'it broke off')
    parts.log.error(`the web page can't answer ${context.req.path}: ${error.message}`)
    return failed(context, 500, 'WAN Failover failed to answer this; its log says why')
  })
  return app
}

/**
 * Where a proxy says no length, the limit makes a new request of what it has read, which it can't of
 * the server's own kind.
 */
function ordinary(request: Request): Request {
  const { url, method, headers, body } = request
  const hasLength = headers.has('content-length') && !headers.has('transfer-encoding')
  if (body === null || hasLength) return request
  return new Request(url, { method, headers, body, ...inOneGo })
}

/** Node asks for it where a body is a stream; the types don't know it. */
const inOneGo = { duplex: 'half' } as const

function addReading(app: Hono<Environment>, parts: AppParts, { alreadySent }: PageLibrary): void {
  const { history, known } = parts
  app.get('/api/state', (context) => answer(context, parts.snapshot()))
  app.get('/api/setup', async (context) => {
    const setup = await parts.setup()
    const needsKey = parts.key === null ? {} : { commands_need_key: true }
    return answer(context, setup === null ? null : { ...setup, ...needsKey })
  })
  app.get('/api/history', (context) => {
    const range = readRange(context.req.query())
    if (range.kind === 'wrong') return failed(context, 400, range.error)
    return answer(context, history.answer(range.value))
  })
  app.get('/api/explain', (context) => {
    const question = readWayQuestion(context.req.query(), known)
    if (question.kind === 'wrong') return failed(context, 400, question.error)
    const { from, to } = question.value
    const answers = parts.explain(question.value)
    return answer(context, answers === null ? null : { from, to, answers })
  })
  app.get('/api/events', (context) => {
    const { incoming, outgoing } = context.env
    if (incoming.method === 'HEAD') return context.body(null)
    if (parts.stream.add(outgoing, parts.snapshot())) return alreadySent
    return failed(context, 503, 'too many pages are open already: close one elsewhere')
  })
  app.get('/health', (context) =>
    parts.loopIsAlive()
      ? context.json({ status: 'ok', problems: parts.snapshot()?.problems ?? [] })
      : failed(context, 503, "the daemon's loop hangs"),
  )
  app.get('/metrics', async (context) => {
    const { text, type } = await parts.metrics.render(parts.snapshot())
    return context.body(text, 200, { 'Content-Type': type })
  })
}

function addCommands(app: Hono<Environment>, { known, onCommand, gate }: AppParts): void {
  for (const kind of commandKinds) {
    app.post(`/api/${commandPaths[kind]}`, async (context) => {
      const command = readCommand(kind, await context.req.text(), known)
      if (command.kind === 'wrong') return failed(context, 400, command.error)
      onCommand(command.value)
      return context.json({}, 202)
    })
  }
  if (gate === null) return
  app.post(loginPath, async (context) => {
    const given = new URLSearchParams(await context.req.text()).get('token') ?? ''
    const admission = gate.login(given, addressOf(context))
    if (admission !== 'admitted') return notAdmitted(context, admission)
    return context.body(null, 303, { Location: './', 'Set-Cookie': gate.cookie })
  })
}

/** The answer to a request that may not go on. */
function guard(context: Asking, { entrance, gate }: AppParts): Response | undefined {
  const { headers } = context.env.incoming
  const { method, path } = context.req
  const refusal = refusalOf({ method, path, headers }, entrance)
  if (refusal !== null) return failed(context, refusal.status, refusal.error)
  if (gate === null || (method === 'POST' && path === loginPath)) return undefined
  const admission = gate.admit(headers, addressOf(context))
  return admission === 'admitted' ? undefined : notAdmitted(context, admission)
}

/** The answer to who may read only what is for every user of this host, and give no commands. */
function withoutKey(context: Asking, { key }: AppParts): Response | undefined {
  if (key === null || key.opens(context.req.header('authorization'))) return undefined
  context.header('WWW-Authenticate', 'Bearer realm="WAN Failover"')
  return failed(context, 401, keyNeeded)
}

function notAdmitted(context: Asking, admission: Exclude<Admission, 'admitted'>): Response {
  if (admission === 'too_often') {
    context.header('Retry-After', `${windowMs / 1000}`)
    return failed(context, 429, 'too many wrong tokens: wait a minute')
  }
  if (admission === 'wrong') context.header('Set-Cookie', noCookie)
  const browser = context.req.header('accept')?.includes('text/html') === true
  if (browser && [loginPath, '/'].includes(context.req.path)) {
    return context.html(loginPage(admission === 'wrong'), 401)
  }
  context.header('WWW-Authenticate', 'Bearer realm="WAN Failover"')
  return failed(context, 401, 'a token is needed: web.token of the options, as a Bearer token')
}

function file(context: Asking, { files }: AppParts): Response {
  const name = context.req.param('name') ?? 'index.html'
  const gzip = context.req.header('accept-encoding')?.includes('gzip') === true
  const found = files.read(name, { gzip })
  if (found === null && name === 'index.html') return context.html(unbuiltPage)
  if (found === null) return failed(context, 404, `the page has no file ${name}`)
  const headers = { ETag: found.etag, 'Cache-Control': found.cacheControl, Vary: 'Accept-Encoding' }
  if (context.req.header('if-none-match') === found.etag) return context.body(null, 304, headers)
  return context.body(found.body, 200, {
    ...headers,
    'Content-Type': found.type,
    ...(found.gzipped ? { 'Content-Encoding': 'gzip' } : {}),
  })
}

function answer(context: Asking, value: object | null): Response {
  if (value === null) return failed(context, 503, 'it has just started, ask again')
  return context.json(value)
}

function tooLarge(context: Context, maxSize: number): Response {
  return failed(context, 413, `a body has at most ${maxSize} bytes`)
}

function failed(context: Context, status: FailureStatus, error: string): Response {
  return context.json({ error }, status)
}

function addressOf(context: Asking): string {
  return context.env.incoming.socket.remoteAddress ?? ''
}

type FailureStatus = 400 | 401 | 403 | 404 | 405 | 413 | 415 | 429 | 500 | 503

const keyNeeded =
  "commands, and the list of devices, need root's word: run 'sudo wan-failover page' and open the address that it prints"

const maxBodyBytes = 4096

/** An options file of 200,000 bytes, each of which JSON may have to escape. */
const maxOptionsBodyBytes = 400_000
