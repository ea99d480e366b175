/** The service on a machine, as its users see it: systemd, its page, its journal. */
import type { HistoryAnswer } from '../../src/model/published/history.ts'
import type { OptionsPage } from '../../src/model/published/options-page.ts'
import type { Snapshot } from '../../src/model/published/snapshot.ts'
import { waitFor } from '../wait-for.ts'

export const optionsFile = '/etc/wan-failover/options.yaml'
const unit = 'wan-failover.service'
const sources = '/usr/src/wan-failover'

/** A Debian that is booted, with the checkout in it. */
export interface BootedDebian {
  /** Resolves with what it printed; rejects where it ends with another code than 0. */
  run(command: string, ...args: readonly string[]): Promise<string>
  writeFile(file: string, text: string): Promise<void>
  /** Each thing takes this many times as long as on a usual machine. */
  readonly slowness: number
}

export class InstalledService {
  readonly #debian: BootedDebian

  constructor(debian: BootedDebian) {
    this.#debian = debian
  }

  /** As a user does; but systemd has more patience where the processor is emulated. */
  async install(): Promise<void> {
    const { slowness } = this.#debian
    if (slowness > 1) {
      const patience = [`TimeoutStartSec=${90 * slowness}`, `WatchdogSec=${60 * slowness}`]
      const text = ['[Service]', ...patience, ''].join('\n')
      await this.#debian.writeFile(`/etc/systemd/system/${unit}.d/lab.conf`, text)
    }
    await this.#debian.run(`${sources}/script/install`)
  }

  property(name: string): Promise<string> {
    return this.#debian.run('systemctl', 'show', `--property=${name}`, '--value', unit)
  }

  /** The line that `systemctl status` shows. */
  async waitForStatus(line: string): Promise<void> {
    const what = `the status to be ${JSON.stringify(line)}`
    await waitFor(async () => (await this.property('StatusText')) === line, {
      deadlineMs: 15_000 * this.#debian.slowness,
      everyMs: 250,
      what,
    }).catch(async (cause: unknown) => {
      const journal = await this.#journal('7')
      throw new Error([`it is ${await this.property('StatusText')}`, ...journal].join('\n'), {
        cause,
      })
    })
  }

  /** What its process has logged that is a warning or worse, and those before it in this boot. */
  async warnings(): Promise<readonly string[]> {
    const restarts = await this.property('NRestarts')
    const died = restarts === '0' ? [] : [`it was restarted ${restarts} times`]
    return [...died, ...(await this.#journal('warning'))]
  }

  async state(): Promise<Snapshot> {
    return (await this.#page('GET', 'api/state')) as Snapshot
  }

  async setMode(mode: string): Promise<true> {
    await this.#page('POST', 'api/mode', { mode })
    return true
  }

  async saveOptions(options: object): Promise<void> {
    const { version } = (await this.#page('GET', 'api/options')) as OptionsPage
    await this.#page('POST', 'api/options', { options, version })
  }

  /** That the page is still there; with nothing to confirm it says so, which is no matter here. */
  async confirmOptions(): Promise<true> {
    await this.#page('POST', 'api/options/confirm', {}, /^(200|409)$/)
    return true
  }

  /** Of the last day. */
  async history(): Promise<HistoryAnswer> {
    const untilMs = await this.clockMs()
    const range = `from=${untilMs - 86_400_000}&to=${untilMs}`
    return (await this.#page('GET', `api/history?${range}`)) as HistoryAnswer
  }

  async clockMs(): Promise<number> {
    return Number(await this.#debian.run('date', '+%s%3N'))
  }

  /** Resolves when it has begun to write the minute that has passed. */
  async waitForHistoryWrite(): Promise<void> {
    await this.#debian.run(
      'sh',
      '-e',
      '-c',
      `
      file=/var/lib/wan-failover/history.db-wal
      size() { stat --format=%Y.%s "$file" 2>/dev/null || echo none; }
      before=$(size)
      while [ "$(size)" = "$before" ]; do sleep 0.05; done`,
    )
  }

  async #journal(priority: string): Promise<readonly string[]> {
    const words = ['--quiet', '--no-pager', '--output', 'cat', '--priority', priority]
    const its = `_SYSTEMD_INVOCATION_ID=${await this.property('InvocationID')}`
    const text = await this.#debian.run('journalctl', ...words, its)
    return text.split('\n').filter((line) => line !== '')
  }

  /** A request to its page with the key that root finds; bash alone makes it, which takes no time. */
  async #page(
    method: 'GET' | 'POST',
    path: string,
    body: object | null = null,
    expected = /^20[02]$/,
  ): Promise<unknown> {
    const text = body === null ? '' : JSON.stringify(body)
    const head = [
      `${method} /${path} HTTP/1.0`,
      'Host: localhost:8099',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(text)}`,
      'Authorization: Bearer KEY',
    ].join('\r\n')
    const answer = await this.#debian.run('bash', '-c', askPage, 'bash', head, text)
    const [status = '', ...rest] = answer.split('\r\n\r\n')
    const code = /^HTTP\/1\.1 (\d+)/.exec(status)?.[1] ?? ''
    const said = rest.join('\r\n\r\n')
    if (!expected.test(code))
      throw new Error(`${method} ${path}: ${status.split('\r\n')[0]} ${said}`)
    return JSON.parse(said)
  }
}

const askPage = `
set -e
key=$(sed -n 's/.*"key":"\\([^"]*\\)".*/\\1/p' /run/wan-failover/*.page)
exec 3<>/dev/tcp/127.0.0.1/8099
printf '%s\\r\\n\\r\\n%s' "\${1/KEY/$key}" "$2" >&3
cat <&3`
