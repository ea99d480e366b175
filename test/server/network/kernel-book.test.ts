import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { KernelBook } from '../../../src/server/network/kernel-book.ts'

function kernel(t: TestContext, settings: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'wan-failover-kernel-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'book.json')
  mkdirSync(join(folder, 'sys'))
  for (const [path, value] of Object.entries(settings)) {
    writeFileSync(join(folder, 'sys', path), `${value}\n`)
  }
  return {
    book: () => new KernelBook(file, join(folder, 'sys')),
    get: (path: string) => readFileSync(join(folder, 'sys', path), 'utf8').trim(),
    write: (path: string, value: string) => writeFileSync(join(folder, 'sys', path), value),
    remove: (path: string) => rmSync(join(folder, 'sys', path)),
    file,
  }
}

const one = (path: string) => ({ path, value: '1', onlyFrom: null })

test('another process puts back what was there first', async (t) => {
  const { book, get, write, file } = kernel(t, { forwarding: '0', already: '1' })
  assert.equal(await book().set([one('forwarding'), one('already')]), null)
  write('forwarding', '0')
  assert.equal(await book().set([one('forwarding'), one('already')]), null)
  assert.deepEqual([get('forwarding'), get('already')], ['1', '1'])
  assert.equal(await book().putBack(), null)
  assert.deepEqual([get('forwarding'), get('already')], ['0', '1'])
  assert.equal(existsSync(file), false)
})

test('what somebody else has set since stays, and what is gone is no trouble', async (t) => {
  const { book, get, write, remove } = kernel(t, { a: '0', b: '0' })
  await book().set([one('a'), one('b')])
  write('a', '2')
  remove('b')
  assert.equal(await book().putBack(), null)
  assert.equal(get('a'), '2')
})

test('a setting that is only for one case stays in all others', async (t) => {
  const { book, get } = kernel(t, { from1: '1', from0: '0' })
  const wanted = ['from1', 'from0'].map((path) => ({ path, value: '2', onlyFrom: '1' }))
  await book().set(wanted)
  assert.deepEqual([get('from1'), get('from0')], ['2', '0'])
})

test('one that isn’t there is named', async (t) => {
  assert.match(
    String(
      await kernel(t, {})
        .book()
        .set([one('none')]),
    ),
    /^setting none to 1: ENOENT/,
  )
})
