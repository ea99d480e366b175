/**
 * A made-up house behind the daemon's own web side: that serves the built page, reads questions and
 * commands and sends what is published, and the house does what is asked of it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { systemClock } from '../../../src/daemon/system-clock.ts'
import type { Command } from '../../../src/model/decision.ts'
import type { Devices } from '../../../src/model/published/devices.ts'
import type { ExplainedCase } from '../../../src/model/published/explanation.ts'
import type { LineSearch } from '../../../src/model/published/found-line.ts'
import type { ChangeEvent, Snapshot } from '../../../src/model/published/snapshot.ts'
import { CommandKey } from '../../../src/web/access/command-key.ts'
import { HttpDoor } from '../../../src/web/access/http-door.ts'
import { EventStream } from '../../../src/web/event-stream.ts'
import { Metrics } from '../../../src/web/metrics.ts'
import type { OptionsDesk } from '../../../src/web/options-routes.ts'
import { createPageListener } from '../../../src/web/page-app.ts'
import { StaticFiles } from '../../../src/web/static-files.ts'
import { exampleDevices } from '../../examples/example-devices.ts'
import { exampleReport } from '../../examples/example-report.ts'
import { exampleSearch } from '../../examples/example-search.ts'
import { FakeOptionsDesk } from '../../fakes/fake-options-desk.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { waitFor } from '../../wait-for.ts'
import { freePort } from '../opened-page.ts'
import { madeUpHistory } from './made-up-history.ts'
import type { Scenario } from './scenario.ts'

interface Opening {
  readonly port: number
  readonly key: string | null
}

export class ServedHouse {
  #scenario: Scenario
  readonly #door: HttpDoor
  readonly #stream = new EventStream(systemClock)
  readonly #log = new RecordedLog()
  readonly #key: CommandKey | null
  readonly url: string
  /** What was asked of it, in order. */
  readonly commands: Command[] = []
  /** A test refuses to start with this sentence. */
  refuseTests: string | null = null
  /** Streams are turned away, as while the add-on restarts. */
  refuseStreams = false
  /** What a search finds. */
  lines: LineSearch = exampleSearch
  devices: Devices = exampleDevices
  /** Whom Home Assistant can notify; null: nobody knows. */
  notifyServices: readonly string[] | null = null
  #searched = false
  readonly options = new FakeOptionsDesk()
  /** Another one, which keeps real options. */
  desk: OptionsDesk = this.options

  private constructor(scenario: Scenario, pageFolder: string, { port, key }: Opening) {
    this.#scenario = scenario
    this.#key = key === null ? null : new CommandKey(key)
    this.url = `http://127.0.0.1:${port}/`
    const serve = this.#serve(pageFolder)
    this.#door = new HttpDoor({
      host: '127.0.0.1',
      port,
      peers: null,
      clock: systemClock,
      log: this.#log,
      listener: (request, response) => {
        if (request.url === '/home-assistant') sendSurroundings(response)
        else if (request.url === '/api/events' && this.refuseStreams) refuse(response)
        else void serve(request, response)
      },
    })
  }

  /** `pageFolder` is where the page was built; with `key` commands need it. */
  static async open(
    scenario: Scenario,
    pageFolder: string,
    key: string | null = null,
  ): Promise<ServedHouse> {
    const house = new ServedHouse(scenario, pageFolder, { port: await freePort(), key })
    house.#door.open()
    await waitFor(() => house.#log.matching(/the web page is at/).length > 0, {
      deadlineMs: 5_000,
      what: 'the page to be served',
    })
    return house
  }

  publish(changes: Partial<Snapshot>): void {
    const snapshot = { ...this.#scenario.snapshot, ...changes, at: new Date().toISOString() }
    this.#scenario = { ...this.#scenario, snapshot }
    this.#stream.publish(snapshot)
  }

  announce(event: ChangeEvent): void {
    const events = [...this.#scenario.events, { ...event, lasted_ms: null }]
    this.#scenario = { ...this.#scenario, events }
    this.#stream.announce(event)
  }

  /** The daemon begins anew with other options: every page loses its stream. */
  beginAnew(scenario: Scenario): void {
    this.#scenario = scenario
    this.#stream.close()
  }

  dropStreams(): void {
    this.#stream.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stream.close()
    await this.#door.close()
  }

  #serve(pageFolder: string): (request: IncomingMessage, response: ServerResponse) => unknown {
    const listening = createPageListener({
      known: { wans: Object.keys(this.#scenario.snapshot.wans), targets: ['1.1.1.1'] },
      snapshot: () => ({ ...this.#scenario.snapshot, at: new Date().toISOString() }),
      setup: async () => this.#scenario.setup,
      explain: () => explain(this.#scenario.snapshot),
      devices: { find: async () => this.devices },
      notifyServices: async () => this.notifyServices,
      options: {
        read: (language) => this.desk.read(language),
        check: (options) => this.desk.check(options),
        write: (options, version) => this.desk.write(options, version),
        confirm: () => this.desk.confirm(),
        restore: () => this.desk.restore(),
      },
      lines: {
        search: () => {
          this.#searched = true
        },
        answer: () => (this.#searched ? this.lines : { ...this.lines, state: 'none', lines: [] }),
      },
      loopIsAlive: () => true,
      onCommand: (command) => this.#obey(command),
      entrance: 'loopback',
      gate: null,
      key: this.#key,
      history: {
        answer: ({ fromMs, toMs }) =>
          madeUpHistory(this.#scenario, { from: fromMs, to: toMs, nowMs: Date.now() }),
        month: (month) => ({ ...exampleReport(), month }),
      },
      stream: this.#stream,
      metrics: new Metrics(),
      files: new StaticFiles(pageFolder),
      log: this.#log,
    })
    return async (request, response) => (await listening)(request, response)
  }

  #obey(command: Command): void {
    this.commands.push(command)
    if (command.kind === 'set_mode') this.publish({ mode: command.mode })
    else if (command.kind !== 'set_test' || !command.on) this.#endTest()
    else if (this.refuseTests !== null) this.publish({ problems: [this.refuseTests] })
    else this.#startTest()
  }

  #startTest(): void {
    const { active, wans } = this.#scenario.snapshot
    const to = Object.keys(wans).find((name) => name !== active) ?? null
    const until = new Date(Date.now() + this.#scenario.setup.test_minutes * 60_000).toISOString()
    this.publish({ test_failover: { on: true, until }, active: to, policies: this.#moved(to) })
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
    const policies = this.#moved(first)
    this.publish({ test_failover: { on: false, until: null }, active: first, policies })
  }

  /** The default policy goes with the WAN in use; the others have their own. */
  #moved(to: string | null): Snapshot['policies'] {
    const { policies } = this.#scenario.snapshot
    const { default: all } = policies
    return all === undefined ? policies : { ...policies, default: { ...all, wan: to, wan6: to } }
  }
}

function explain({ active, wans }: Snapshot): readonly ExplainedCase[] {
  const names = Object.keys(wans)
  const other = (wan: string) => names.find((name) => name !== wan) ?? null
  return [
    answerBy('now', active, `${active} is up: every target answers`),
    ...names.map((name) => {
      const wan = name === active ? other(name) : active
      return answerBy(`if ${name} were down`, wan, `${name} is down: assumed to be down`)
    }),
  ]
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

/** As Home Assistant's proxy answers while the add-on is away. */
function refuse(response: ServerResponse): void {
  response.writeHead(502).end()
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
