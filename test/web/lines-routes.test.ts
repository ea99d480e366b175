import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exampleSearch } from '../examples/example-search.ts'
import { ask, command } from './ask.ts'
import { key, OpenedPage } from './opened-page.ts'

test('whoever may read gets the lines that were found', async () => {
  await using page = await OpenedPage.standalone()
  const answer = await ask({ port: page.port, path: '/api/lines' })
  assert.equal(answer.status, 200)
  assert.deepEqual(JSON.parse(answer.body), exampleSearch)
})

test('a search begins with the key of commands only', async () => {
  await using page = await OpenedPage.standalone()
  const without = await command(page.port, '/api/lines/search', {})
  assert.deepEqual([without.status, page.searches], [401, 0])
  const authorization = `Bearer ${key}`
  const answer = await command(page.port, '/api/lines/search', {}, { authorization })
  assert.deepEqual([answer.status, answer.body, page.searches], [202, '{}', 1])
})
