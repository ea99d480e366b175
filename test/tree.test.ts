/** What the tree as a whole must be. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'

/**
 * The Supervisor's store takes every config.* below the root for an add-on and every build.* for
 * a build configuration, in folders that begin with a dot too; repository.* is its as well.
 */
const takenNames = /(^|\/)(config|build|repository)\.[^/]+$/i

test("no file but the add-on's own has a name that the Supervisor's store takes", () => {
  const files = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '-z'],
    { cwd: new URL('..', import.meta.url), encoding: 'utf8', timeout: 10_000 },
  ).split('\0')
  assert.ok(files.includes('package.json'), 'git lists the tree')
  assert.deepEqual(files.filter((file) => takenNames.test(file)).sort(), [
    'config.yaml',
    'repository.yaml',
  ])
})
