/** What the tree as a whole must be. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

const root = new URL('..', import.meta.url)

/**
 * The Supervisor's store takes every config.* below the root for an add-on and every build.* for
 * a build configuration, in folders that begin with a dot too; repository.* is its as well.
 */
const takenNames = /(^|\/)(config|build|repository)\.[^/]+$/i

test("no file but the add-on's own has a name that the Supervisor's store takes", () => {
  const files = listFiles()
  assert.ok(files.includes('package.json'), 'git lists the tree')
  assert.deepEqual(files.filter((file) => takenNames.test(file)).sort(), [
    'config.yaml',
    'repository.yaml',
  ])
})

test('the page of the tests’ helpers names only what is there', () => {
  const exported = /^export (?:async )?(?:class|const|function|type) (\w+)/gm
  const names = new Set(
    listFiles()
      .filter((file) => file.startsWith('test/') && file.endsWith('.ts'))
      .filter((file) => existsSync(new URL(file, root)))
      .flatMap((file) => [...read(file).matchAll(exported)].map(([, name]) => name)),
  )
  const missing: string[] = []
  let folder = ''
  for (const line of read('test/README.md').split('\n')) {
    if (line.startsWith('#')) folder = /, in `(.*)`$/.exec(line)?.[1] ?? ''
    const [, cell = ''] = line.split('|')
    for (const [, word = ''] of cell.matchAll(/`([^`]+)`/g)) {
      const isPath = /[/.]/.test(word)
      const there = isPath ? existsSync(new URL(`test/${folder}${word}`, root)) : names.has(word)
      if (!there) missing.push(word)
    }
  }
  assert.ok(names.has('waitFor'))
  assert.deepEqual(missing, [])
})

for (const file of ['ARCHITECTURE.md', 'SECURITY.md']) {
  test(`every promise of ${file} has a test of that title`, () => {
    const promises = [...read(file).matchAll(/\| `([\w/.-]+\.ts)`: ([^|\n]+?) \|$/gm)]
    assert.ok(promises.length > 20, `${promises.length} promises are found`)
    const broken = promises.filter(([, test = '', title = '']) => {
      const path = `test/${test}`
      return !existsSync(new URL(path, root)) || !read(path).includes(title)
    })
    assert.deepEqual(
      broken.map(([row]) => row),
      [],
    )
  })
}

function listFiles(): readonly string[] {
  const options = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  return execFileSync('git', options, { cwd: root, encoding: 'utf8', timeout: 10_000 }).split('\0')
}

function read(file: string): string {
  return readFileSync(new URL(file, root), 'utf8')
}
