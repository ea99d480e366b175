/** A page with a real socket and a real clock, and a daemon that does nothing but remember. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../src/daemon/clock.ts'
import { systemClock } from '../../src/daemon/system-clock.ts'
import type { Command } from '../../src/model/decision.ts'
import type { Devices } from '../../src/model/published/devices.ts'
import type { Setup } from '../../src/model/published/setup.ts'
import type { Snapshot } from '../../src/model/published/snapshot.ts'
import { type Place, WebPage } from '../../src/web/web-page.ts'
import { exampleDevices } from '../examples/example-devices.ts'
import { exampleSearch } from '../examples/example-search.ts'
import { exampleSnapshot } from '../examples/example-snapshot.ts'
import { FakeOptionsDesk } from '../fakes/fake-options-desk.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'
import { waitFor } from '../wait-for.ts'

export const exampleSetup: Setup = {
  version: '0.1.0',
  observing: [],
  found: { interfaces: [], suggestion: 'wans:\n' },
  wans: [],
  policies: [],
  test_minutes: 10,
  sidestep: 'auto',
  dns_rescue: 'auto',
  grade: [],
  advice: [],
}

/** The key to the commands of a page that everyone on this host may read. */
export const key = 'the-key-of-these-tests'

export class OpenedPage {
  readonly folder = mkdtempSync(join(tmpdir(), 'wan-failover-page-'))
  readonly commands: Command[] = []
  readonly log = new RecordedLog()
  snapshot: Snapshot | null = exampleSnapshot()
  alive = true
  searches = 0
  devices: Devices | null = exampleDevices
  readonly options = new FakeOptionsDesk()
  readonly page: WebPage

  constructor(place: Place, clock: Clock = systemClock) {
    this.page = new WebPage({
      place,
      pageFolder: join(this.folder, 'page'),
      dataFolder: this.folder,
      clock,
      log: this.log,
      known: { wans: ['primary', 'secondary'], targets: ['1.1.1.1'] },
      onCommand: (command) => this.commands.push(command),
      snapshot: () => this.snapshot,
      loopIsAlive: () => this.alive,
      setup: async () => exampleSetup,
      options: this.options,
      lines: {
        search: () => {
          this.searches += 1
        },
        answer: () => exampleSearch,
      },
      devices: { find: async () => this.devices },
      notifyServices: async () => ['notify.mobile_app_phone'],
      explain: ({ from, to }) =>
        from === '192.168.0.50'
          ? [
              {
                when: 'now',
                policy: 'default',
                rule: null,
                table: 100,
                wan: 'primary',
                gateway: '192.168.0.1',
                link: 'eth0',
                reason: `to ${to}`,
              },
            ]
          : null,
    })
  }

  /** At a port of this host that was free a moment ago. */
  static async standalone(token: string | null = null): Promise<OpenedPage & { port: number }> {
    const port = await freePort()
    const opened = new OpenedPage(
      token === null
        ? { kind: 'standalone', port, token, key }
        : { kind: 'standalone', port, token },
    )
    await opened.opened()
    return Object.assign(opened, { port })
  }

  async opened(): Promise<void> {
    await waitFor(() => this.log.matching(/the web page is at/).length > 0, {
      deadlineMs: 5_000,
      what: 'the page to be open',
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}
