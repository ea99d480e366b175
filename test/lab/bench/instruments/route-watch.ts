/** The kernel's own news of routes (`ip monitor route`), each line with when it was read here. */
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { waitFor } from '../../../wait-for.ts'
import { monotonicMs } from '../../measure/monotonic.ts'
import type { LabNode } from '../../network/node.ts'

interface Line {
  readonly atMs: number
  readonly text: string
}

const deadlineMs = 5000

export class RouteWatch implements AsyncDisposable {
  readonly #monitor: ChildProcess
  readonly #lines: Line[] = []

  private constructor(monitor: ChildProcess) {
    this.#monitor = monitor
    const lines = createInterface({ input: monitor.stdout as NodeJS.ReadableStream })
    lines.on('line', (text) => this.#lines.push({ atMs: monotonicMs(), text }))
  }

  /** Resolves once news arrive: a route is made and deleted until it is heard of. */
  static async start(host: LabNode): Promise<RouteWatch> {
    const monitor = host.spawn('ip', ['-4', '-o', 'monitor', 'route'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const watch = new RouteWatch(monitor)
    const probe = 'blackhole 192.0.2.1/32 table 9999'
    await waitFor(
      async () => {
        // Made anew each time: of a route that stands already there are no news.
        await host.ip([`route add ${probe}`, `route delete ${probe}`])
        return watch.#lines.some(({ text }) => text.includes('192.0.2.1'))
      },
      { deadlineMs, what: 'news of a route', everyMs: 20 },
    )
    return watch
  }

  /** When the last of these tables got the route (or lost it), after `afterMs`. */
  async changedInAll(
    change: 'added' | 'deleted',
    route: { readonly destination: string; readonly tables: readonly string[] },
    afterMs: number,
  ): Promise<number> {
    const { destination, tables } = route
    const times = await Promise.all(
      tables.map((table) =>
        waitFor(() => this.#first(change, `${destination} `, ` table ${table} `, afterMs), {
          deadlineMs,
          what: `news that ${destination} was ${change} in table ${table}`,
          everyMs: 1,
        }),
      ),
    )
    return Math.max(...times)
  }

  [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#monitor.once('exit', () => resolve()))
    this.#monitor.kill('SIGTERM')
    return ended
  }

  #first(change: 'added' | 'deleted', start: string, part: string, afterMs: number) {
    const begin = change === 'deleted' ? `Deleted ${start}` : start
    const fits = ({ atMs, text }: Line) =>
      atMs >= afterMs && text.startsWith(begin) && text.includes(part)
    return this.#lines.find(fits)?.atMs
  }
}
