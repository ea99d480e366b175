/**
 * Where the demo is shown: a terminal's second screen, drawn anew, or plain lines. It must leave
 * the terminal as it found it, so whoever opens one closes it on every way out.
 */
import type { ReadStream, WriteStream } from 'node:tty'
import type { DemoState } from '../demo-state.ts'
import { frame } from './frame.ts'
import { plainLines } from './plain-lines.ts'

export interface Screen {
  /** null where nobody can press keys. */
  readonly keys: Keys | null
  show(state: DemoState): void
  /** Doing it twice is no error. */
  close(): void
}

export interface Keys {
  listen(pressed: (key: string) => void): void
}

export interface Size {
  readonly columns: number
  readonly rows: number
}

const esc = '\x1b['
/** DEC private modes: the second screen and the cursor (xterm's "ctlseqs"). */
const enter = `${esc}?1049h${esc}?25l${esc}2J`
const leave = `${esc}?25h${esc}?1049l`

export class TerminalScreen implements Screen {
  readonly keys: Keys | null
  readonly #output: WriteStream
  readonly #input: ReadStream | null
  readonly #colour: boolean
  #size: Size
  #shown = ''
  #closed = false

  constructor(output: WriteStream, input: ReadStream | null, colour: boolean) {
    this.#output = output
    this.#input = input
    this.#colour = colour
    this.#size = { columns: output.columns, rows: output.rows }
    this.keys = input === null ? null : { listen: (pressed) => listen(input, pressed) }
    input?.setRawMode(true)
    output.write(enter)
  }

  resize(size: Size): void {
    this.#size = size
    this.#shown = ''
  }

  show(state: DemoState): void {
    if (this.#closed) return
    const lines = frame(state, { ...this.#size, colour: this.#colour })
    // Written over the old lines, not onto an emptied screen, so that nothing flickers.
    const text = `${esc}H${lines.map((line) => `${line}${esc}K`).join('\r\n')}${esc}J`
    if (text === this.#shown) return
    this.#shown = text
    this.#output.write(text)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#output.write(leave)
    this.#input?.setRawMode(false)
    this.#input?.pause()
  }
}

export class PlainScreen implements Screen {
  readonly keys = null
  readonly #write: (line: string) => void
  #before: DemoState | null = null

  constructor(write: (line: string) => void) {
    this.#write = write
  }

  show(state: DemoState): void {
    for (const line of plainLines(this.#before, state)) this.#write(line)
    this.#before = state
  }

  close(): void {}
}

function listen(input: ReadStream, pressed: (key: string) => void): void {
  input.setEncoding('utf8')
  input.on('data', (text: string) => {
    for (const key of text) pressed(key)
  })
  input.resume()
}
