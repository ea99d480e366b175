/**
 * One `ip -batch` that stays alive for a family: a line costs tenths of a millisecond instead of
 * a new process. It carries lines out in the order they came, no matter from whom. It must
 * never lose a line silently: each gets its own answer, also where the helper dies on the way.
 *
 * After each line comes one that `ip` refuses. Its complaint ends the answer of the line before,
 * so answers and errors need no guessing. Both streams of `ip` go into one pipe, which keeps them
 * in order; JSON is flushed after every line.
 */

import type { ChildProcessByStdio } from 'node:child_process'
import { spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { Family } from '../../model/address.ts'
import type { Log } from '../../model/log.ts'
import { outputLimitBytes, toolTimeoutMs } from './run-tool.ts'

export type LineAnswer =
  | { readonly kind: 'done'; readonly output: string }
  | { readonly kind: 'failed'; readonly error: string }

interface Waiting {
  readonly line: string
  /** How many helpers died over this line without a word. */
  deaths: number
  readonly answer: (answer: LineAnswer) => void
}

type Helper = ChildProcessByStdio<Writable, Readable, null>

export const ipMissing = 'ip (package iproute2) is not installed'

const acknowledgement = 'wan-failover-acknowledge'
const failedLine = /^Command failed -:\d+$/
/** They would end a line early, start a comment or a quotation, or join two lines. */
const unsafeCharacters = /[\n\r#'"\\]/

export class IpSession {
  readonly #command: string
  readonly #args: readonly string[]
  readonly #log: Log
  #helper: Helper | null = null
  #closed = false
  #waiting: Waiting[] = []
  #lines: string[] = []
  #unfinished: string[] = []
  #size = 0
  #acknowledging = false
  #timer: NodeJS.Timeout | null = null

  constructor(family: Family, options: { readonly command: string; readonly log: Log }) {
    this.#command = options.command
    this.#log = options.log
    this.#args = [family === 'ipv4' ? '-4' : '-6', '-N', '-j', '-force', '-batch', '-']
  }

  /** Answers in the lines' order; never rejects. */
  run(lines: readonly string[]): Promise<readonly LineAnswer[]> {
    const fresh: Waiting[] = []
    const answers = lines.map((line) => {
      if (this.#closed) return closedAnswer
      if (unsafeCharacters.test(line)) return unsafeAnswer
      return new Promise<LineAnswer>((answer) => fresh.push({ line, deaths: 0, answer }))
    })
    if (fresh.length > 0) {
      this.#waiting.push(...fresh)
      this.#send(fresh)
    }
    return Promise.all(answers)
  }

  /** Ends the helper; the next line starts a new one. For a helper that talks nonsense. */
  restart(): void {
    this.#helper?.kill('SIGKILL')
  }

  close(): void {
    this.#closed = true
    const helper = this.#helper
    this.#forgetHelper()
    helper?.kill('SIGKILL')
    this.#answerAll('the daemon is ending')
  }

  #send(waiting: readonly Waiting[]): void {
    const helper = this.#helper ?? this.#start()
    helper.stdin.write(waiting.map(({ line }) => `${line}\n${acknowledgement}\n`).join(''))
    this.#timer ??= setTimeout(() => this.#expire(), toolTimeoutMs)
  }

  #start(): Helper {
    const helper = spawn('sh', ['-c', 'exec "$0" "$@" 2>&1', this.#command, ...this.#args], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    this.#helper = helper
    this.#lines = []
    this.#unfinished = []
    this.#size = 0
    this.#acknowledging = false
    // The helper's end is what counts, and `close` reports it.
    helper.stdin.on('error', () => undefined)
    helper.stdout.setEncoding('utf8')
    helper.stdout.on('data', (text: string) => {
      if (helper === this.#helper) this.#receive(text)
    })
    helper.on('error', (error) => {
      if (helper !== this.#helper) return
      this.#forgetHelper()
      this.#answerAll(`starting ip: ${error.message}`)
    })
    helper.on('close', (code, signal) => {
      if (helper === this.#helper) this.#bury(code, signal)
    })
    return helper
  }

  #receive(text: string): void {
    this.#size += text.length
    if (this.#size > outputLimitBytes) {
      this.#giveUp(`ip said more than ${outputLimitBytes} bytes`)
      return
    }
    const [first = '', ...rest] = text.split('\n')
    this.#unfinished.push(first)
    for (const next of rest) {
      const line = this.#unfinished.join('')
      this.#unfinished = [next]
      this.#receiveLine(line)
    }
  }

  #receiveLine(line: string): void {
    if (line.includes(acknowledgement)) {
      this.#acknowledging = true
      return
    }
    if (!(this.#acknowledging && failedLine.test(line))) {
      this.#lines.push(line)
      return
    }
    const lines = this.#lines
    this.#lines = []
    this.#size = 0
    this.#acknowledging = false
    this.#settleFirst(answerOf(lines))
  }

  #settleFirst(answer: LineAnswer): void {
    this.#waiting.shift()?.answer(answer)
    if (this.#waiting.length > 0) this.#timer?.refresh()
    else this.#stopTimer()
  }

  /** The helper is gone: the line it died over gets an answer or one more try, the rest go on. */
  #bury(code: number | null, signal: NodeJS.Signals | null): void {
    const said = [...this.#lines, this.#unfinished.join('')].join('\n').trim()
    this.#forgetHelper()
    if (code === 127) {
      this.#answerAll(ipMissing)
      return
    }
    this.#log.debug(
      `The ip helper ended (${signal ?? `exit ${code}`}); the next use starts it again`,
    )
    const first = this.#waiting[0]
    if (first === undefined) return
    // On some bad arguments ip ends at once, in spite of -force; then it said why.
    if (signal === null && said !== '') this.#settleFirst({ kind: 'failed', error: oneLine(said) })
    else if (first.deaths > 0) {
      this.#settleFirst({ kind: 'failed', error: `ip died (${signal ?? `exit ${code}`})` })
    } else first.deaths += 1
    if (this.#waiting.length > 0) this.#send(this.#waiting)
  }

  #expire(): void {
    this.#giveUp(`ip did not answer within ${toolTimeoutMs} ms`)
  }

  #giveUp(error: string): void {
    const helper = this.#helper
    this.#forgetHelper()
    helper?.kill('SIGKILL')
    this.#settleFirst({ kind: 'failed', error })
    if (this.#waiting.length > 0) this.#send(this.#waiting)
  }

  #answerAll(error: string): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const { answer } of waiting) answer({ kind: 'failed', error })
  }

  #forgetHelper(): void {
    this.#helper = null
    this.#stopTimer()
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}

const closedAnswer: LineAnswer = { kind: 'failed', error: 'the daemon is ending' }
const unsafeAnswer: LineAnswer = {
  kind: 'failed',
  error: 'a name in it has a character that ip would misread',
}

function answerOf(lines: readonly string[]): LineAnswer {
  if (!lines.some((line) => failedLine.test(line)))
    return { kind: 'done', output: lines.join('\n') }
  const said = lines.filter((line) => !failedLine.test(line)).join('\n')
  return { kind: 'failed', error: said === '' ? 'ip failed without a word' : oneLine(said) }
}

function oneLine(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/^RTNETLINK answers: |^Error: /, '').trim())
    .filter((line) => line !== '')
    .join(', ')
    .slice(0, 500)
}
