/** A real Mosquitto on a loopback port, with a user and a password, with TLS where wanted. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitFor } from '../wait-for.ts'

export const user = { username: 'wan_failover', password: 'not-to-be-logged-7391' }

/** For a test's `skip`: the reason on a laptop; in CI nothing is skipped, it fails here. */
export function mosquittoSkip(): string | false {
  const { CI: ci } = process.env
  const tools = { mosquitto: '-h', mosquitto_passwd: '--help', openssl: 'version' }
  for (const [tool, argument] of Object.entries(tools)) {
    if (spawnSync(tool, [argument]).error === undefined) continue
    const reason = `${tool} isn't installed: apt install mosquitto openssl`
    if (ci === 'true') throw new Error(reason)
    return reason
  }
  return false
}

export class Mosquitto {
  readonly port: number
  readonly folder: string
  readonly #configuration: string
  #process: ChildProcess | null = null

  constructor(
    port: number,
    options: { readonly tls?: boolean; readonly acl?: readonly string[] } = {},
  ) {
    this.port = port
    this.folder = mkdtempSync(join(tmpdir(), 'wan-failover-mosquitto-'))
    const passwords = join(this.folder, 'passwords')
    execFileSync('mosquitto_passwd', ['-b', '-c', passwords, user.username, user.password])
    this.#configuration = join(this.folder, 'mosquitto.conf')
    const lines = [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous false',
      `password_file ${passwords}`,
      // Without persistence a restart forgets what was retained: what is there then was sent anew.
      'persistence false',
      'user root',
      ...(options.tls === true ? this.#certificates() : []),
      ...(options.acl === undefined ? [] : this.#rights(options.acl)),
    ]
    writeFileSync(this.#configuration, `${lines.join('\n')}\n`)
  }

  get caFile(): string {
    return join(this.folder, 'ca.crt')
  }

  async start(): Promise<void> {
    const started = spawn('mosquitto', ['-c', this.#configuration], {
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    this.#process = started
    const ended = () => started.exitCode !== null
    const what = `Mosquitto answers, with ${this.#configuration}`
    await waitFor(async () => ended() || (await answers(this.port)), { what, everyMs: 20 })
    if (ended()) throw new Error(`Mosquitto didn't start with ${this.#configuration}`)
  }

  /** Takes effect at once. */
  setPassword(password: string): void {
    execFileSync('mosquitto_passwd', [
      '-b',
      join(this.folder, 'passwords'),
      user.username,
      password,
    ])
    this.signal('SIGHUP')
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal)
  }

  async stop(): Promise<void> {
    const running = this.#process
    this.#process = null
    if (running === null || running.exitCode !== null) return
    const ended = once(running, 'exit')
    running.kill('SIGKILL')
    await ended
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #rights(acl: readonly string[]): readonly string[] {
    const file = join(this.folder, 'acl')
    writeFileSync(file, `user ${user.username}\n${acl.join('\n')}\n`)
    return [`acl_file ${file}`]
  }

  /** A certificate authority of our own and a certificate for 127.0.0.1 by it. */
  #certificates(): readonly string[] {
    const file = (name: string) => join(this.folder, name)
    const openssl = (...words: string[]) => execFileSync('openssl', words, { stdio: 'pipe' })
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    openssl(
      ...['req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=Test authority'],
      ...['-keyout', file('ca.key'), '-out', file('ca.crt')],
    )
    openssl(
      ...['req', ...newKey, '-subj', '/CN=broker'],
      ...['-keyout', file('server.key'), '-out', file('server.csr')],
    )
    writeFileSync(file('server.ext'), 'subjectAltName=IP:127.0.0.1\n')
    openssl(
      ...['x509', '-req', '-in', file('server.csr'), '-days', '2', '-CAcreateserial'],
      ...['-CA', file('ca.crt'), '-CAkey', file('ca.key')],
      ...['-extfile', file('server.ext'), '-out', file('server.crt')],
    )
    return [
      `cafile ${file('ca.crt')}`,
      `certfile ${file('server.crt')}`,
      `keyfile ${file('server.key')}`,
    ]
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
