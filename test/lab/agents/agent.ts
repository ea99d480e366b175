import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { LabNode } from '../network/node.ts'

/** One of the lab's own programs that measures in a machine and reports words, a line each. */
export class Agent {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** `options` is the program's one argument. It is ready when this resolves. */
  static async start(node: LabNode, program: URL, options: unknown): Promise<Agent> {
    return new Agent(await node.startProgram(program, options))
  }

  /** To be called before anything else is waited for: nobody keeps what it has said before. */
  onWords(note: (words: readonly string[]) => void): void {
    const lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream })
    lines.on('line', (line) => note(line.split(' ')))
  }

  /** Resolves when it has ended. Doing it twice is no error. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.ref()
    this.#child.stdin?.end()
    await ended
  }
}
