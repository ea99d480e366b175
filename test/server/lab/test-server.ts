/** `wan-failover-server` in the lab's server: its commands, its service, and its settings. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serverLink } from '../../../src/server/network/server-table.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { waitFor } from '../../wait-for.ts'

const program = fileURLToPath(new URL('../../../src/server/main.ts', import.meta.url))

export class TestServer {
  readonly node: LabNode
  readonly #folder = mkdtempSync(join(tmpdir(), 'wan-failover-server-'))
  readonly settingsFile = join(this.#folder, 'server.json')
  #service: ChildProcess | null = null
  #said = ''

  private constructor(node: LabNode) {
    this.node = node
    process.once('exit', () => rmSync(this.#folder, { recursive: true, force: true }))
  }

  static async setUp(node: LabNode, endpoint: string): Promise<TestServer> {
    const server = new TestServer(node)
    await server.command('setup', '--endpoint', endpoint)
    return server
  }

  /** What it prints. */
  async command(...words: readonly string[]): Promise<string> {
    return await this.node.run(process.execPath, program, ...words, '--settings', this.settingsFile)
  }

  /** The invitation. */
  async invite(...words: readonly string[]): Promise<string> {
    const printed = await this.command(...words)
    const line = printed.split('\n').find((one) => one.startsWith('wan-failover://'))
    if (line === undefined) throw new Error(`no invitation: ${printed}`)
    if (this.#service !== null) await this.#readAgain()
    return line
  }

  /** Resolves when it has said that it listens. */
  async start(): Promise<void> {
    const service = this.node.spawn(
      process.execPath,
      [program, 'run', '--settings', this.settingsFile],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, NODE_TEST_CONTEXT: undefined, RUNTIME_DIRECTORY: this.#folder },
      },
    )
    service.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text
    })
    this.#service = service
    await this.waitForLine(/listening as/)
  }

  async waitForLine(pattern: RegExp, deadlineMs = 20_000): Promise<void> {
    const what = `the server to say ${pattern}`
    await waitFor(() => pattern.test(this.#said), { deadlineMs, what }).catch((error) => {
      throw new Error(`${this.#said}`, { cause: error })
    })
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const service = this.#service
    if (service === null) return null
    const ended = once(service, 'exit')
    service.kill(signal)
    await ended
    this.#service = null
    this.#said = ''
    return service.exitCode
  }

  /** As the service's reload does. */
  async #readAgain(): Promise<void> {
    this.#said = ''
    this.#service?.kill('SIGHUP')
    await this.waitForLine(/listening as/)
  }

  async remove(house: string): Promise<void> {
    await this.command('remove', house)
    await this.#readAgain()
  }

  async peers(): Promise<string> {
    return await this.node.run('wg', 'show', serverLink, 'peers')
  }
}
