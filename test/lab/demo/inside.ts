/**
 * The demo itself, in its private network: tells the story on a terminal or in plain lines, and
 * ends with 0 if everything kept to its limit, else with 1; interrupted, with 128 and the signal's
 * number. `demo.ts` starts it. Its processes and its network end with it, so it may just exit.
 */
import '../enter-namespace.ts'
import { constants } from 'node:os'
import { inspect } from 'node:util'
import { monotonicMs } from '../measure/monotonic.ts'
import { DemoHouse } from './demo-house.ts'
import { listenOutside, socketVariable } from './outside-line.ts'
import { Performance } from './performance.ts'
import { PlainScreen, type Screen, type Size, TerminalScreen } from './screen/screen.ts'
import { summary } from './screen/summary.ts'
import { stay } from './stay.ts'
import { chapters, stopCleanly, tellStory } from './story.ts'

interface Wishes {
  readonly stay: boolean
  readonly viewMs: number
}

const { NO_COLOR: noColour = '', TERM: terminal = '', [socketVariable]: path = '' } = process.env
const live = process.stdout.isTTY === true && terminal !== 'dumb'
const screen = openScreen()
/** A signal is an interruption, but where the demo waits to be told to end. */
let onSignal: (signal: NodeJS.Signals) => void = interrupt

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => onSignal(signal))
process.on('uncaughtException', (error) => quit(1, inspect(error)))
process.stdout.on('error', () => process.exit(128 + constants.signals.SIGPIPE))
screen.keys?.listen((key) => {
  if (key === '\x03') interrupt('SIGINT')
})
await listenOutside(path, (heard) => {
  if ('signal' in heard) onSignal(heard.signal)
  else resize(heard.size)
})
// Who only reads lines needs no time to look at a picture.
const wishes = { stay: process.argv.includes('--stay'), viewMs: live ? 3000 : 1000 }
process.exit(await perform(screen, wishes))

async function perform(on: Screen, { stay: stays, viewMs }: Wishes): Promise<number> {
  const startedMs = monotonicMs()
  const house = await DemoHouse.build()
  const performance = new Performance(house, on, {
    startedMs,
    chapters: stays ? chapters + 1 : chapters,
  })
  const told = { house, teller: performance, viewMs }
  await tellStory(told)
  if (stays) await stay({ house, performance, keys: on.keys, asked: nextSignal() })
  const difference = await stopCleanly(told)
  performance.close()
  on.close()
  const { results } = performance
  const ok = results.every((result) => result.ok)
  const lines = ['', ...summary(results, process.stdout.columns ?? 80), '', ...difference]
  if (!ok) lines.push('The end of the daemon’s log:', ...house.daemonLines.slice(-20), '')
  const seconds = ((monotonicMs() - startedMs) / 1000).toFixed(0)
  lines.push(`${ok ? 'All kept to their limits' : 'Something failed'}, in ${seconds} s.`)
  process.stdout.write(`${lines.join('\n')}\n`)
  await house.close()
  return ok ? 0 : 1
}

function nextSignal(): Promise<void> {
  const interruption = onSignal
  return new Promise((resolve) => {
    onSignal = () => {
      onSignal = interruption
      resolve()
    }
  })
}

function openScreen(): Screen & { resize?: (size: Size) => void } {
  const { stdin, stdout } = process
  if (!live) return new PlainScreen((line) => stdout.write(`${line}\n`))
  return new TerminalScreen(stdout, stdin.isTTY === true ? stdin : null, noColour === '')
}

function resize(size: Size): void {
  screen.resize?.(size)
}

function interrupt(signal: NodeJS.Signals): never {
  return quit(128 + constants.signals[signal], 'interrupted')
}

function quit(code: number, why: string): never {
  screen.close()
  process.stderr.write(`${why}\n`)
  process.exit(code)
}
