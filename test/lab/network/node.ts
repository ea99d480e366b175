/**
 * One machine of the lab: a network namespace, held by a process that only waits. The namespace
 * has no name anywhere, so labs don't see each other, and it goes with its process, which ends
 * with the test's (its standard input closes, and the process namespace ends).
 */
import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import { EchoStream, type EchoStreamOptions } from '../measure/echo-stream.ts'

const commandDeadlineMs = 40_000
const commandOutputBytes = 8 * 1024 * 1024

/** What holds the namespace: /sys is mounted anew, or it would show the host's links. */
const anchorScript = 'mount -t sysfs sysfs /sys && echo up && exec cat'

export class LabNode {
  readonly name: string
  /** A process in the namespace; for the host the test process itself. */
  readonly pid: number
  readonly #anchor: ChildProcess | null
  readonly #children = new Set<ChildProcess>()

  private constructor(name: string, pid: number, anchor: ChildProcess | null) {
    this.name = name
    this.pid = pid
    this.#anchor = anchor
  }

  /** The namespace that this process is in. Throws in the machine's own network. */
  static host(): LabNode {
    if (process.env['WAN_FAILOVER_LAB_NETWORK'] !== readlinkSync('/proc/self/ns/net')) {
      throw new Error("this is the machine's own network: import lab/enter-namespace.ts first")
    }
    return new LabNode('host', process.pid, null)
  }

  /** The network of a process that others have started, a container's; close() doesn't end it. */
  static ofProcess(name: string, pid: number): LabNode {
    return new LabNode(name, pid, null)
  }

  /** A new machine with nothing but a loopback that is down. */
  static async start(name: string): Promise<LabNode> {
    const anchor = spawn(
      'unshare',
      ['--net', '--mount', '--propagation', 'private', 'sh', '-c', anchorScript],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    )
    await firstOutput(anchor, `starting the namespace of ${name}`)
    // A lab that nobody closed must not keep its test from ending.
    letGo(anchor)
    return new LabNode(name, pidOf(anchor, name), anchor)
  }

  /** Resolves with the command's output; rejects with what it said on stderr. */
  run(command: string, ...args: readonly string[]): Promise<string> {
    return this.#execute([command, ...args], null)
  }

  /** A program on standard input: `sh -e`, so the first failing line ends it. */
  script(text: string): Promise<string> {
    return this.#execute(['sh', '-e'], text)
  }

  /**
   * `ip -batch`: one command a line, without the leading `ip`. The family of routes is read from
   * their addresses; rules for IPv6 need `inet6`.
   */
  ip(lines: readonly string[], family: 'any' | 'inet6' = 'any'): Promise<string> {
    const familyWords = family === 'inet6' ? ['-6'] : []
    return this.#execute(['ip', ...familyWords, '-batch', '-'], `${lines.join('\n')}\n`)
  }

  /** One transaction. */
  nft(ruleset: string): Promise<string> {
    return this.#execute(['nft', '-f', '-'], ruleset)
  }

  /** The child is the command itself (nsenter becomes it), and is killed when the lab closes. */
  spawn(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const [file, ...rest] = [...this.#entrance(), command, ...args]
    const child = spawn(file ?? command, rest, { env: childEnvironment(), ...options })
    this.#children.add(child)
    child.once('exit', () => this.#children.delete(child))
    return child
  }

  /**
   * One of the lab's own TypeScript programs, with one JSON argument. Resolves once it has said
   * its first line, which means that it is ready.
   */
  async startProgram(program: URL, argument: unknown): Promise<ChildProcess> {
    const child = this.spawn(process.execPath, [program.pathname, JSON.stringify(argument)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    await firstOutput(child, `starting ${program.pathname} in ${this.name}`)
    letGo(child)
    return child
  }

  /** Small UDP packets to a target all the time, each one's way and times recorded. */
  startStream(options: EchoStreamOptions = {}): Promise<EchoStream> {
    return EchoStream.start(this, options)
  }

  /** Ends what was started here, then the namespace (not the host's). Doing it twice is no error. */
  async close(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL')
    const anchor = this.#anchor
    if (anchor === null || anchor.exitCode !== null || anchor.signalCode !== null) return
    const ended = new Promise((resolve) => anchor.once('exit', resolve))
    anchor.ref()
    anchor.kill('SIGKILL')
    await ended
  }

  #entrance(): readonly string[] {
    if (this.pid === process.pid) return []
    const mounts = this.#anchor === null ? [] : ['--mount']
    return ['nsenter', '--target', String(this.pid), '--net', ...mounts, '--']
  }

  #execute(command: readonly string[], input: string | null): Promise<string> {
    const [file = '', ...args] = [...this.#entrance(), ...command]
    return new Promise((resolve, reject) => {
      const child = execFile(
        file,
        args,
        { timeout: commandDeadlineMs, maxBuffer: commandOutputBytes, env: childEnvironment() },
        (error, stdout, stderr) => {
          if (error === null) return resolve(stdout)
          const said = stderr.trim() || error.message
          reject(new Error(`${this.name}: ${command.join(' ')}: ${said}`, { cause: error }))
        },
      )
      // A command that ends before it has read everything is judged by its status.
      child.stdin?.on('error', () => undefined)
      child.stdin?.end(input ?? '')
    })
  }
}

/** Without what tells a Node child that it is a test file of the runner. */
function childEnvironment(): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env
  return environment
}

function pidOf(child: ChildProcess, name: string): number {
  if (child.pid === undefined) throw new Error(`the namespace of ${name} has no process`)
  return child.pid
}

function firstOutput(child: ChildProcess, doing: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (cause: unknown) => reject(new Error(`${doing}: it ended`, { cause }))
    child.once('error', failed)
    child.once('exit', failed)
    child.stdout?.once('data', () => {
      child.off('exit', failed)
      resolve()
    })
  })
}

function letGo(child: ChildProcess): void {
  child.unref()
  for (const stream of [child.stdin, child.stdout]) {
    if (stream !== null && 'unref' in stream && typeof stream.unref === 'function') stream.unref()
  }
}
