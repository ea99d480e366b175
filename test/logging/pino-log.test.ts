import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'

const module = new URL('../../src/logging/pino-log.ts', import.meta.url).href

/** The log goes to standard output, so another process has to write it. */
function logged(format: 'text' | 'json' | 'journal'): string[] {
  const program = `
    const { pinoLog } = await import(${JSON.stringify(module)})
    const log = pinoLog('debug', '${format}')
    log.debug('a probe was sent')
    log.info('primary is up\\nagain')
    log.warn('secondary is down')
    log.error('a rule was refused')
    pinoLog('warn', '${format}').info('nobody asked')`
  const words = ['--input-type=module', '--eval', program]
  return execFileSync(process.execPath, words, { encoding: 'utf8' }).trimEnd().split('\n')
}

test('for the journal each line has its priority in front, and no time', () => {
  assert.deepEqual(logged('journal'), [
    '<7>a probe was sent',
    '<6>primary is up again',
    '<4>secondary is down',
    '<3>a rule was refused',
  ])
})

test('for people each line has time and level', () => {
  const lines = logged('text')
  assert.match(lines[1] ?? '', /^\[\d\d:\d\d:\d\d\] INFO: primary is up again$/)
  assert.equal(lines.length, 4)
})

test('for programs each line is a JSON object', () => {
  const messages = logged('json').map((line) => (JSON.parse(line) as { msg: string }).msg)
  assert.equal(messages[1], 'primary is up again')
})
