import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from '../../src/model/decision.ts'
import { Steering } from '../../src/turn/steering.ts'
import { exampleHealths } from '../examples/example-health.ts'
import { exampleSettings } from '../examples/example-settings.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'

function steered() {
  const log = new RecordedLog()
  const settings = exampleSettings()
  const remembered = { mode: 'automatic', mayOverride: false }
  const steering = new Steering({ settings, remembered, log })
  const healths = exampleHealths(settings.wans.map(({ name }) => name))
  const obey = (command: Command, nowMs: number, superseded = 0) =>
    steering.obey({ kind: 'command', command, superseded }, { healths, nowMs })
  return { log, steering, obey }
}

const wanted: Command = { kind: 'set_mode', mode: 'secondary' }
const refused: Command = { kind: 'set_mode', mode: 'nowhere' }

test('what a user does by hand is logged, each command', () => {
  const { log, obey } = steered()
  for (let i = 0; i < 10; i++) obey(i % 2 === 0 ? wanted : refused, i * 1_000)
  assert.equal(log.matching(/^info: on request: the mode secondary/).length, 5)
  assert.equal(log.matching(/^warn: the mode nowhere was refused/).length, 5)
})

test('a flood of commands is ten lines a minute, and one that counts the others', () => {
  const { log, steering, obey } = steered()
  for (let i = 0; i < 1_000; i++) obey(i % 2 === 0 ? wanted : refused, i, 3)
  assert.equal(log.lines.length, 10)
  steering.countCommands(59_999)
  assert.equal(log.lines.length, 10)
  steering.countCommands(60_000)
  assert.match(
    log.lines[10] ?? '',
    /^warn: 3990 more commands .*: 3000 of them were replaced .*, 990 were carried out or refused/,
  )
  obey(wanted, 60_001)
  assert.equal(log.lines.length, 12)
})

test('where nothing was left out, nothing is counted', () => {
  const { log, steering, obey } = steered()
  obey(wanted, 0)
  steering.countCommands(100_000)
  steering.countCommands(200_000)
  assert.equal(log.lines.length, 1)
})

test('a refusal that is not logged is shown all the same', () => {
  const { steering, obey } = steered()
  for (let i = 0; i < 20; i++) obey(wanted, i)
  obey(refused, 21)
  assert.match(steering.problems.join('\n'), /the mode nowhere was refused/)
})
