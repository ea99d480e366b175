import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { linter } from './linters.ts'
import { checkout } from './workshop.ts'

const folder = mkdtempSync(join(tmpdir(), 'wan-failover-linted-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function lint(name: 'hadolint' | 'zizmor', ...words: readonly string[]) {
  const { status, stdout, stderr, error } = spawnSync(linter(name), words, {
    cwd: checkout,
    encoding: 'utf8',
    timeout: 60_000,
  })
  assert.equal(error, undefined)
  return { status, said: `${stdout}${stderr}` }
}

test('hadolint finds nothing in the Dockerfile, and something in a worse one', () => {
  const { status, said } = lint('hadolint', 'Dockerfile')
  assert.equal(status, 0, said)
  const text = readFileSync(join(checkout, 'Dockerfile'), 'utf8')
  const worse = join(folder, 'Dockerfile')
  writeFileSync(worse, text.replace('apt-get install --yes', 'apt-get install'))
  assert.match(lint('hadolint', worse).said, /DL3014/)
})

test('zizmor finds nothing in the workflows, and something in a worse one', () => {
  const pedantic = ['--offline', '--persona', 'pedantic']
  const { status, said } = lint('zizmor', ...pedantic, '.github')
  assert.equal(status, 0, said)
  const text = readFileSync(join(checkout, '.github/workflows/release.yaml'), 'utf8')
  const worse = join(folder, 'release.yaml')
  writeFileSync(worse, text.replaceAll(/@[0-9a-f]{40} # .*/g, '@main'))
  assert.match(lint('zizmor', ...pedantic, worse).said, /unpinned-uses/)
})
