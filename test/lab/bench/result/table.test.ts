import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judge, type Row } from './row.ts'
import { renderRows, replaceBetweenMarks } from './table.ts'

const row: Row = {
  id: 'silent',
  title: 'upstream silent',
  unit: 'ms',
  samples: [900, 1100, 2950],
  failures: [],
  limit: { median: 2000, worst: 3000 },
}

test('a row meets its limit only if median and worst do', () => {
  assert.equal(judge(row), 'met')
  assert.equal(judge({ ...row, samples: [900, 1100, 3001] }), 'missed')
  assert.equal(judge({ ...row, samples: [2001, 2001, 2001] }), 'missed')
})

test('a failed run misses the limit, however good the others are', () => {
  assert.equal(judge({ ...row, failures: ['no answered packet'] }), 'missed')
})

test('no sample at all misses the limit', () => {
  assert.equal(judge({ ...row, samples: [] }), 'missed')
})

test('rows with a limit come first, then what is for information, then notes', () => {
  const loop: Row = { ...row, title: 'a loop', samples: [3.25], limit: null, failures: ['why'] }
  assert.equal(
    renderRows([loop, row], ['a note']),
    `\
| case            | samples | median  | p95     | worst   | at most                       |     |
| --------------- | ------- | ------- | ------- | ------- | ----------------------------- | --- |
| upstream silent | 3       | 1100 ms | 2950 ms | 2950 ms | 2000 ms median, 3000 ms worst | met |

| for information | samples     | median | p95    | worst  |
| --------------- | ----------- | ------ | ------ | ------ |
| a loop          | 2, 1 failed | 3.3 ms | 3.3 ms | 3.3 ms |

- a note
`,
  )
})

test('a row without samples shows no figures', () => {
  assert.match(renderRows([{ ...row, samples: [] }], []), /upstream silent \| 0 +\| – +\| – +\|/)
})

test('only what lies between the marks of a page is replaced', () => {
  const page = 'before\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nafter\n'
  assert.equal(
    replaceBetweenMarks(page, 'bench', 'new\n'),
    'before\n<!-- bench:begin -->\nnew\n<!-- bench:end -->\nafter\n',
  )
})

test('a page without the marks is refused', () => {
  assert.throws(() => replaceBetweenMarks('a page', 'bench', 'new\n'), /no <!-- bench:begin -->/)
})
