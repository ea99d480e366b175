import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderPeers } from './peer-table.ts'
import { judge, type Row } from './row.ts'
import { renderRows } from './table.ts'

function rowOf(contender: string, changes: Partial<Row>, column: 'new' | 'wrong' = 'new'): Row {
  const row = { id: `${contender}-${column}`, title: '', unit: 'ms', failures: [] } as const
  return { ...row, samples: [], limit: null, beside: { contender, column }, ...changes }
}

const ours = rowOf('ours', { title: 'silent', samples: [400, 420, 500], limit: { median: 450 } })
const theirs = rowOf('a loop', { samples: [3_100, 3_500] })
const missing = rowOf('others', { failures: ['others is not installed: apt install others'] })

test('each contender has a line, with what is known of it, and ours come first', () => {
  const beside = { contender: 'a loop', column: 'wrong', within: '10 min' } as const
  const wrong: Row = { ...rowOf('a loop', { samples: [2] }), unit: 'count', beside }
  const lines = renderPeers([theirs, wrong, ours]).map((line) => line.replaceAll(/ +/g, ' '))
  assert.deepEqual(lines.slice(2), [
    '| ours | 420 ms, worst 500 ms (3) | | | |',
    '| a loop | 3300 ms, worst 3500 ms (2) | | | 2 in 10 min |',
  ])
})

test('who is not installed fails in the table, and with it the bench', () => {
  assert.match(renderPeers([missing])[2] ?? '', /failed: others is not installed: apt install/)
  assert.equal(judge(missing), 'missed')
  assert.equal(judge(theirs), 'none')
})

test('some failed runs are told beside the figure of the others', () => {
  const some = rowOf('a loop', { samples: [3_100, 3_500], failures: ['no | answer'] })
  assert.match(renderPeers([some])[2] ?? '', /worst 3500 ms \(2, 1 failed\)/)
})

test('a compared row with a limit stands among the limits too, one without only there', () => {
  const text = renderRows([ours, theirs], [])
  assert.match(text, /\| silent \| 3 /)
  assert.doesNotMatch(text, /for information/)
})

test('nobody compared, no table', () => {
  const { beside: _, ...alone } = theirs
  assert.deepEqual(renderPeers([alone]), [])
})
