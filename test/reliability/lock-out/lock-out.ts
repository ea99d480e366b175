/**
 * The proof that nobody nearby is locked out: on a real kernel with random routes, whatever reached
 * a neighbour or this host without us reaches it with every random valid option file, unmarked and
 * not reset. Import `enter-namespace.ts` before.
 */
import { execFileSync } from 'node:child_process'
import { createKernel } from '../../../src/kernel/linux-kernel.ts'
import type { Kernel } from '../../../src/kernel/port.ts'
import { families } from '../../../src/model/address.ts'
import { desiredState, nothing } from '../../../src/network/desired-state.ts'
import { type Applied, diff, nowApplied } from '../../../src/network/diff/diff.ts'
import { resolveUplinks } from '../../../src/network/uplinks.ts'
import { settingsOf } from '../../examples/settings-of.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { NeighbourWatch, type Sightings } from '../../network/neighbour-watch.ts'
import { PatchPanel } from '../../network/patch-panel.ts'
import { randomDecision } from '../../network/random-policies.ts'
import { randomOptions } from '../../plan/random-options.ts'
import { Random } from '../../random.ts'
import {
  everybody,
  isByRouter,
  links,
  type NeighbourQuestion,
  type RandomMain,
  randomMain,
  randomQuestions,
} from './random-main.ts'

/** So many option files meet the same routes. */
export const filesPerHost = 10
const questionsPerFile = 120

export class LockOut {
  readonly #kernel: Kernel
  readonly #panel: PatchPanel
  readonly #watch: NeighbourWatch
  #applied: Applied = null
  /** Which routes stand, and what came through by them without us. */
  #host: { readonly number: number; readonly main: RandomMain; readonly before: Sightings } | null =
    null

  private constructor(kernel: Kernel) {
    this.#kernel = kernel
    this.#panel = new PatchPanel(links, everybody)
    this.#watch = new NeighbourWatch(links)
  }

  static async open(): Promise<LockOut> {
    run('ip', ['link', 'set', 'lo', 'up'])
    return new LockOut(await createKernel({ log: new RecordedLog() }))
  }

  /** How many packets of neighbours got through; throws with who was locked out. */
  async try(file: number): Promise<number> {
    const { main, before, number } = await this.#hostOf(Math.floor(file / filesPerHost))
    await this.#bring(file)
    const questions = questionsOf(number, main)
    const now = this.#ask(questions)
    let through = 0
    for (const question of questions) {
      const { from, to } = question
      const pair = `${from} . ${to}`
      const about = `option file ${file}, host ${number}: ${describe(question)}`
      if (before.local.has(pair)) {
        if (!now.local.has(pair)) throw new Error(`never came to this host: ${about}`)
        through += 1
      } else if (before.wire.has(pair)) {
        const sources = isByRouter(main, to) ? [...now.wire].map(targetOf) : [...now.wire]
        if (!sources.includes(isByRouter(main, to) ? to : pair)) {
          throw new Error(`never came to the neighbour: ${about}`)
        }
        through += 1
        if (now.resets.has(`${to} . ${from}`)) throw new Error(`reset: ${about}`)
      } else continue
      if (now.marked.has(pair)) throw new Error(`marked: ${about}`)
    }
    return through
  }

  async close(): Promise<void> {
    await this.#clear()
    await this.#kernel.close()
  }

  async #hostOf(number: number) {
    if (this.#host?.number === number) return this.#host
    await this.#clear()
    const main = randomMain(number)
    for (const family of families) {
      const option = family === 'ipv4' ? '-4' : '-6'
      run('ip', [option, 'route', 'flush', 'table', 'main', 'proto', '99'])
      const lines = main.routes[family].map((route) => `route add ${route} proto 99`)
      run('ip', [option, '-batch', '-'], lines.join('\n'))
    }
    this.#host = { number, main, before: this.#ask(questionsOf(number, main)) }
    return this.#host
  }

  /** As the daemon would have set it up, with decisions as they may be. */
  async #bring(file: number): Promise<void> {
    const settings = settingsOf(randomOptions(file))
    const random = new Random(file)
    const host = await this.#kernel.read()
    const uplinks = resolveUplinks(settings.wans, host)
    const some = () => settings.wans.filter(() => random.chance(0.6)).map(({ name }) => name)
    const desired = desiredState({
      settings,
      decision: randomDecision(random, settings),
      host,
      uplinks,
      flows: {
        kept: { ipv4: some(), ipv6: some() },
        cut: { ipv4: some(), ipv6: some() },
        canMark: random.chance(0.8),
        canList: random.chance(0.8),
      },
    })
    // A WAN may be where its gateway can't be: the kernel refuses it, and the others stand.
    const changes = diff(desired, host, this.#applied)
    const failures = await this.#kernel.apply(changes)
    const failed = failures.map(({ change }) => change)
    const made = changes.filter((change) => !failed.includes(change))
    const after = await this.#kernel.read()
    this.#applied = nowApplied(this.#applied, { made, failed, after })
  }

  async #clear(): Promise<void> {
    await this.#kernel.apply(diff(nothing, await this.#kernel.read(), this.#applied))
    this.#applied = null
  }

  #ask(questions: readonly NeighbourQuestion[]): Sightings {
    // What was asked before would be known as a running flow.
    run('conntrack', ['-F'])
    this.#watch.look()
    for (const question of questions) this.#panel.send(question.sender, question)
    return this.#watch.look()
  }
}

function questionsOf(host: number, main: RandomMain): NeighbourQuestion[] {
  return randomQuestions(host, main, questionsPerFile)
}

function targetOf(pair: string): string {
  return pair.split(' . ')[1] ?? ''
}

function describe({ sender, protocol, from, to, running }: NeighbourQuestion): string {
  const who = sender === 'host' ? 'this host' : `${sender.mac} on ${sender.link}`
  return `${protocol}${running === true ? ', running,' : ''} of ${from} (${who}) to ${to}`
}

function run(command: string, args: readonly string[], input = ''): string {
  return execFileSync(command, [...args], { input, encoding: 'utf8', stdio: 'pipe' })
}
