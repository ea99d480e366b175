// Without enter-namespace.ts, on purpose: this file looks at labs from outside.
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readlinkSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { waitFor } from '../wait-for.ts'
import { skipWithout } from './host/requirements.ts'

const skip = skipWithout('ip', 'nft', 'ping', 'nsenter', 'unshare', 'setpriv')
const program = fileURLToPath(new URL('./lab-holder.ts', import.meta.url))

test('labs at the same time share nothing, and the machine has nothing of theirs', {
  skip,
}, async () => {
  const machine = machineNetwork()
  const [one, other] = await Promise.all([Holder.start(), Holder.start()])
  assert.deepEqual(new Set([...one.namespaces, ...other.namespaces]).size, 14)
  assert.ok(!one.namespaces.includes(readlinkSync('/proc/self/ns/net')))
  assert.equal(await one.ask('break'), 'done')
  assert.equal(await one.ask('ping'), 'silent')
  assert.equal(await other.ask('ping'), 'answered')
  assert.equal(machineNetwork(), machine)
  await Promise.all([one.end(), other.end()])
  assert.equal(machineNetwork(), machine)
  await gone([...one.namespaces, ...other.namespaces])
})

test("a network that nobody made for it is no lab's host", () => {
  const { WAN_FAILOVER_LAB_NETWORK: _, ...env } = process.env
  const node = new URL('network/node.ts', import.meta.url)
  const program = `import { LabNode } from '${node}'; LabNode.host()`
  const words = ['--input-type=module', '--eval', program]
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', env })
  assert.equal(status, 1)
  assert.match(stderr, /the machine's own network: import lab\/enter-namespace\.ts first/)
})

for (const victim of ['outer', 'inner'] as const) {
  test(`a lab whose ${victim} process is killed leaves no process and no namespace`, {
    skip,
  }, async () => {
    const holder = await Holder.start()
    const inside = processesIn(holder.namespaces)
    assert.ok(inside.length >= 8, `${inside.length} processes hold the lab`)
    process.kill(victim === 'outer' ? holder.pid : innerOf(inside), 'SIGKILL')
    await gone(holder.namespaces)
  })
}

/** A process with a lab of its own that obeys words on its standard input. */
class Holder {
  readonly pid: number
  readonly namespaces: readonly string[]
  readonly #child: ChildProcess
  readonly #answers: AsyncIterator<string>

  private constructor(child: ChildProcess, answers: AsyncIterator<string>, first: string) {
    assert.ok(child.pid !== undefined)
    this.pid = child.pid
    this.namespaces = JSON.parse(first)
    this.#child = child
    this.#answers = answers
  }

  static async start(): Promise<Holder> {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'], env })
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
    const answers = lines[Symbol.asyncIterator]()
    const { value = '' } = await answers.next()
    return new Holder(child, answers, value)
  }

  async ask(word: string): Promise<string> {
    this.#child.stdin?.write(`${word}\n`)
    return (await this.#answers.next()).value
  }

  async end(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.stdin?.end()
    assert.deepEqual(await ended, [0, null])
  }
}

/** Without what changes by itself: how long a route that a router announced is good for. */
function machineNetwork(): string {
  const ip = (...args: string[]) => execFileSync('ip', args, { encoding: 'utf8' })
  const routes = ip('route', 'show', 'table', 'all').replaceAll(/ expires \d+sec/g, '')
  return [ip('-o', 'link'), ip('rule'), routes, ip('netns')].join('\n')
}

/** A namespace goes with its last process: nothing gives it a name or a mount point. */
async function gone(namespaces: readonly string[]): Promise<void> {
  await waitFor(() => processesIn(namespaces).length === 0, {
    deadlineMs: 3000,
    what: 'the labs to vanish',
  })
}

function processesIn(namespaces: readonly string[]): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && namespaces.includes(namespaceOf(name)))
    .map(Number)
}

function namespaceOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`)
  } catch {
    // It ended meanwhile, or belongs to somebody else: none of ours.
    return ''
  }
}

/** The holder itself, inside: the oldest Node process, after the shell that started it. */
function innerOf(pids: readonly number[]): number {
  const isNode = (pid: number) => readlinkSync(`/proc/${pid}/exe`) === process.execPath
  const inner = pids.filter(isNode).sort((a, b) => a - b)[0]
  assert.ok(inner !== undefined)
  return inner
}
