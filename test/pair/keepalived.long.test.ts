/** The real keepalived on a link of this file's own network. Here is what takes longest. */
import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { PairNews } from '../../src/model/pair.ts'
import { pairFiles } from '../../src/network/pair/keepalived-config.ts'
import { skipWithout } from '../lab/host/requirements.ts'
import { LabNode } from '../lab/network/node.ts'
import { waitFor } from '../wait-for.ts'
import { makeLink, place, TakingPart } from './taking-part.ts'

const skip = skipWithout('keepalived', 'setpriv')
const host = LabNode.host()

before(makeLink)

test('whoever attends later hears at once how it stands', { skip }, async () => {
  await using box = new TakingPart()
  await waitFor(() => box.role === 'serving', { what: 'it serves' })
  const heard: PairNews[] = []
  box.keepalived.attend((news) => heard.push(news))
  assert.deepEqual(heard, [
    { kind: 'role', role: 'serving' },
    { kind: 'problem', problem: null },
  ])
})

test('a keepalived that ends is a problem, and starts again', { skip }, async () => {
  await using box = new TakingPart()
  await waitFor(() => box.role === 'serving', { what: 'it serves' })
  await host.script(`kill -TERM $(cat ${pairFiles(box.folder).pid})`)
  const problems = () => box.news.flatMap((news) => (news.kind === 'problem' ? [news.problem] : []))
  await waitFor(() => /keepalived ended \(/.test(problems().at(-1) ?? ''), { what: 'a problem' })
  await waitFor(() => problems().at(-1) === null && box.role === 'serving', {
    what: 'it serves again',
  })
})

test('the watcher lowers the priority of a loop that hangs', { skip }, async () => {
  await using box = new TakingPart()
  const { watch } = pairFiles(box.folder)
  const value = async () => (await host.run('cat', watch)).trim()
  await waitFor(() => box.role === 'serving', { what: 'it serves' })
  assert.equal(await value(), '0')
  box.hang()
  await waitFor(async () => (await value()) === '-160', { what: 'it is taken for hung' })
  box.keepalived.keep({ place, priority: 205 })
  await waitFor(async () => (await value()) === '0', { what: 'it turns again' })
})
