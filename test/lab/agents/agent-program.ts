/** What the programs behind an Agent share: one JSON argument, and a line of words to report. */
import { flushCompileCache } from 'node:module'

export function agentOptions<Options>(): Options {
  return JSON.parse(process.argv[2] ?? '') as Options
}

/** Says that the program is ready; from now on it ends with its standard input. */
export function begin(): void {
  process.stdin.resume().on('end', () => process.exit(0))
  reportReady()
}

/**
 * A program that is killed in the end keeps nothing of what Node has stripped and compiled for it:
 * each time it would cost that anew. So it is kept here.
 */
export function reportReady(): void {
  report('ready')
  flushCompileCache()
}

export function report(...words: Words): void {
  tell()
  process.stdout.write(line(words))
}

/**
 * Not at once: whoever reads a line wakes for it, and a stream has hundreds a second. The times that
 * count stand in it. What is left in the end goes out then.
 */
export function reportSoon(...words: Words): void {
  if (waiting === '') setTimeout(tell, gatherMs)
  waiting += line(words)
}

type Words = readonly (string | number | undefined)[]

let waiting = ''

function tell(): void {
  if (waiting === '') return
  process.stdout.write(waiting)
  waiting = ''
}

function line(words: Words): string {
  return `${words.join(' ')}\n`
}

/** Between two packets of a stream that sends every 5 or 10 ms: what was sent has been answered. */
const gatherMs = 17

process.on('exit', tell)
