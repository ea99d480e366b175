/**
 * A daemon's web side with a made-up house behind it: it serves the built page with the real one's
 * headers, answers its questions, and does what is asked of it, so that the page can be tried alone.
 */
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { ExplainedCase } from '../../../src/model/published/explanation.ts'
import type { ChangeEvent, Snapshot } from '../../../src/model/published/snapshot.ts'
import { madeUpHistory } from './made-up-history.ts'
import type { Scenario } from './scenario.ts'

export const contentPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
  "img-src 'self' data:; frame-ancestors 'self'; base-uri 'none'; form-action 'self'"

const types: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
}

export class FakeServer {
  #scenario: Scenario
  readonly #pageFolder: string
  readonly #server: Server
  readonly #streams = new Set<ServerResponse>()
  /** What was asked of it by POST, in order. */
  readonly commands: string[] = []
  /** A test refuses to start with this sentence. */
  refuseTests: string | null = null
  /** Streams are turned away, as while the add-on restarts. */
  refuseStreams = false

  private constructor(scenario: Scenario, pageFolder: string) {
    this.#scenario = scenario
    this.#pageFolder = pageFolder
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        response.writeHead(500).end(String(error))
      })
    })
  }

  /** `pageFolder` is where the page was built. */
  static async open(scenario: Scenario, pageFolder: string): Promise<FakeServer> {
    const server = new FakeServer(scenario, pageFolder)
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  get snapshot(): Snapshot {
    return this.#scenario.snapshot
  }

  publish(changes: Partial<Snapshot>): void {
    const snapshot = { ...this.#scenario.snapshot, ...changes, at: new Date().toISOString() }
    this.#scenario = { ...this.#scenario, snapshot }
    this.#tell('state', snapshot)
  }

  announce(event: ChangeEvent): void {
    const events = [...this.#scenario.events, { ...event, lasted_ms: null }]
    this.#scenario = { ...this.#scenario, events }
    this.#tell('change', event)
  }

  dropStreams(): void {
    for (const stream of this.#streams) stream.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake')
    response.setHeader('content-security-policy', contentPolicy)
    response.setHeader('x-content-type-options', 'nosniff')
    const key = `${request.method} ${url.pathname}`
    switch (key) {
      case 'GET /api/state':
        return json(response, 200, this.#scenario.snapshot)
      case 'GET /api/setup':
        return json(response, 200, this.#scenario.setup)
      case 'GET /api/history':
        return json(response, 200, this.#history(url))
      case 'GET /api/events':
        return this.#stream(response)
      case 'GET /api/explain':
        return this.#explain(url, response)
      case 'POST /api/test_failover':
      case 'POST /api/mode':
      case 'POST /api/failback':
        return this.#command(url.pathname, await bodyOf(request), response)
      case 'GET /home-assistant':
        return sendSurroundings(response)
      default:
        return this.#file(url.pathname === '/' ? 'index.html' : url.pathname.slice(1), response)
    }
  }

  async #file(name: string, response: ServerResponse): Promise<void> {
    const type = types[name]
    if (type === undefined) {
      response.writeHead(404).end()
      return
    }
    const body = await readFile(join(this.#pageFolder, `${name}.gz`))
    response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' }).end(body)
  }

  #history(url: URL) {
    const from = Number(url.searchParams.get('from'))
    const to = Number(url.searchParams.get('to'))
    return madeUpHistory(this.#scenario, { from, to, nowMs: Date.now() })
  }

  #stream(response: ServerResponse): void {
    if (this.refuseStreams) {
      response.writeHead(502).end()
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    this.#streams.add(response)
    response.on('close', () => this.#streams.delete(response))
    response.write(frame('state', this.#scenario.snapshot))
  }

  #tell(name: string, data: object): void {
    for (const stream of this.#streams) stream.write(frame(name, data))
  }

  #explain(url: URL, response: ServerResponse): void {
    const from = url.searchParams.get('from') ?? ''
    if (!/^[0-9a-f.:]+$/i.test(from)) {
      json(response, 400, { error: `"${from}" is not an IP address` })
      return
    }
    const names = Object.keys(this.#scenario.snapshot.wans)
    const other = (wan: string) => names.find((name) => name !== wan) ?? null
    const now = this.#scenario.snapshot.active
    const cases = [
      answerBy('now', now, `${now} is up: every target answers`),
      ...names.map((name) => {
        const wan = name === now ? other(name) : now
        return answerBy(`if ${name} were down`, wan, `${name} is down: assumed to be down`)
      }),
    ]
    json(response, 200, { from, to: url.searchParams.get('to') ?? '1.1.1.1', answers: cases })
  }

  #command(path: string, body: string, response: ServerResponse): void {
    this.commands.push(`${path} ${body}`)
    json(response, 202, {})
    const asked = JSON.parse(body) as { on?: boolean; mode?: string }
    if (path === '/api/mode') this.publish({ mode: asked.mode ?? 'automatic' })
    else if (path === '/api/failback' || asked.on === false) this.#endTest()
    else if (this.refuseTests !== null) this.publish({ problems: [this.refuseTests] })
    else this.#startTest()
  }

  #startTest(): void {
    const { active, wans } = this.#scenario.snapshot
    const to = Object.keys(wans).find((name) => name !== active) ?? null
    const until = new Date(Date.now() + this.#scenario.setup.test_minutes * 60_000).toISOString()
    this.publish({ test_failover: { on: true, until }, active: to })
    this.announce({
      event_type: 'test_started',
      from: active,
      to,
      wan: active,
      reason: `traffic avoids ${active} for a test`,
      detect_ms: null,
      switch_ms: null,
      at: new Date().toISOString(),
    })
  }

  #endTest(): void {
    const first = Object.keys(this.#scenario.snapshot.wans)[0] ?? null
    this.publish({ test_failover: { on: false, until: null }, active: first })
  }
}

function answerBy(when: string, wan: string | null, reason: string): ExplainedCase {
  const table = wan === null ? null : 100
  return {
    when,
    policy: 'default',
    rule: `rule add pref 10900 lookup ${table}`,
    table,
    wan,
    gateway: wan === null ? null : '192.168.1.1',
    link: wan === null ? null : 'eth0',
    reason,
  }
}

/** A page that shows ours in a frame, with a language and colours of its own. */
function sendSurroundings(response: ServerResponse): void {
  response.setHeader('content-security-policy', "frame-src 'self'; style-src 'unsafe-inline'")
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
  response.end(
    `<!doctype html><html lang="fr"><head><title>Surroundings</title>
    <link rel="icon" href="data:,"><style>
      html { --primary-background-color: #102030; --card-background-color: #203040;
        --primary-text-color: #f0f0f0; --secondary-text-color: url(nonsense); }
    </style></head><body><iframe title="page" src="./" width="1000" height="800"></iframe></body>`,
  )
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

function frame(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}
