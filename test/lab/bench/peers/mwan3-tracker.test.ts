/** The tracker's score, with a ping that answers as it is told and a clock that doesn't wait. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { scriptPath } from './script-path.ts'

interface Tracking {
  readonly reliability: string
  readonly down: string
  readonly up: string
  readonly targets: readonly string[]
}

const usual: Tracking = { reliability: '1', down: '3', up: '2', targets: ['a'] }

/**
 * What the tracker does, in words: each letter of `rounds` is a ping's fate, in the order of the
 * pings (+ answered, - not). It ends when they are used up.
 */
function track(rounds: string, { reliability, down, up, targets }: Tracking = usual): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'wan-failover-tracker-'))
  try {
    const [fates, told] = [join(folder, 'fates'), join(folder, 'told')]
    writeFileSync(fates, [...rounds].join('\n').concat('\n'))
    writeFileSync(told, '')
    const program = (name: string, lines: readonly string[]) => {
      writeFileSync(join(folder, name), `#!/bin/sh\n${lines.join('\n')}\n`)
      chmodSync(join(folder, name), 0o755)
    }
    program('ping', [
      `fate=$(head -n 1 ${fates}); sed -i 1d ${fates}`,
      'for word in "$@"; do target=$word; done',
      `echo "ping $target" >>${told}`,
      '[ "$fate" = + ]',
    ])
    program('ip', [`case $2 in add) echo "to $6" >>${told} ;; esac`])
    program('sleep', [`[ -s ${fates} ] || kill "$PPID"`])
    const numbers = ['1', reliability, '1', '1', down, up]
    spawnSync('sh', [scriptPath('mwan3-tracker.sh'), ...numbers, ...targets], {
      env: { PATH: `${folder}:${process.env['PATH']}` },
      timeout: 10_000,
    })
    return readFileSync(told, 'utf8').trim().split('\n')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const movesOf = (told: readonly string[]) => told.filter((line) => line.startsWith('to '))

test('the line is left after as many bad rounds as `down` says', () => {
  assert.deepEqual(movesOf(track('+--')), [])
  assert.deepEqual(track('+---').slice(-2), ['ping a', 'to 101'])
})

test('a good round in between makes all bad ones forgotten', () => {
  assert.deepEqual(movesOf(track('--+--+--')), [])
})

test('it comes back after as many good rounds as `up` says, in a row', () => {
  assert.deepEqual(movesOf(track('---+-+')), ['to 101'])
  assert.deepEqual(movesOf(track('---+-++')), ['to 101', 'to 100'])
})

test('once back it is as good as new', () => {
  assert.deepEqual(movesOf(track('---++--')), ['to 101', 'to 100'])
  assert.deepEqual(movesOf(track('---++---')), ['to 101', 'to 100', 'to 101'])
})

test('a second target is asked only where the first one is silent', () => {
  const two = { ...usual, targets: ['a', 'b'] }
  assert.deepEqual(track('+-+', two), ['ping a', 'ping a', 'ping b'])
})

test('with a reliability of two, one answer is a bad round', () => {
  const both = { ...usual, reliability: '2', targets: ['a', 'b'] }
  assert.deepEqual(movesOf(track('+-+-+-', both)), ['to 101'])
})
