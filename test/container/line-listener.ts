/** A command in one of the lab's machines that says a line when something happens, and when it did. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { monotonicMs } from '../lab/measure/monotonic.ts'
import type { LabNode } from '../lab/network/node.ts'
import { waitFor } from '../wait-for.ts'

export interface ListenerOptions {
  /** The command with its words. */
  readonly command: readonly [string, ...string[]]
  /** Which lines count. */
  readonly lines: RegExp
  /** Makes the command say a line like `answer`: so it is known that it listens. */
  readonly call: () => Promise<unknown>
  readonly answer: RegExp
}

export interface HeardLine {
  /** monotonicMs() */
  readonly atMs: number
  readonly text: string
}

export class LineListener {
  readonly lines: HeardLine[] = []
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Listens when this resolves. */
  static async start(node: LabNode, options: ListenerOptions): Promise<LineListener> {
    const [file, ...args] = options.command
    const child = node.spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    const listener = new LineListener(child)
    let answers = 0
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (text) => {
      if (options.answer.test(text)) answers += 1
      else if (options.lines.test(text)) listener.lines.push({ atMs: monotonicMs(), text })
    })
    const called = async () => {
      await options.call()
      return answers > 0
    }
    await waitFor(called, { deadlineMs: 10_000, what: `${file} to say a line`, everyMs: 20 })
    return listener
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill()
    await ended
  }
}
