/** Root's hand, `addon/save-options`: what it makes of a service that ends while it reads. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../addon/save-options', import.meta.url))
let place = ''

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'wan-failover-save-'))
  mkdirSync(join(place, 'run'))
  mkdirSync(join(place, 'bin'))
  mkdirSync(join(place, 'etc'))
  writeFileSync(join(place, 'run/options.yaml.wanted'), 'new')
  writeFileSync(join(place, 'etc/options.yaml'), 'old')
})

afterEach(() => rmSync(place, { recursive: true, force: true }))

/** While it reads as the service does, these lines of a shell happen. */
function saveWhile(lines: string): void {
  const setpriv = join(place, 'bin/setpriv')
  writeFileSync(setpriv, `#!/bin/sh\n${lines}\n`)
  chmodSync(setpriv, 0o755)
  const env = { ...process.env, PATH: `${join(place, 'bin')}:${process.env['PATH']}` }
  const words = [join(place, 'run'), join(place, 'etc/options.yaml')]
  execFileSync(program, words, { env, stdio: 'pipe' })
}

test('a service that ends takes its folder along, and nothing has failed', () => {
  saveWhile(`rm -r ${join(place, 'run')}; exit 1`)
  assert.deepEqual(readdirSync(join(place, 'etc')), ['options.yaml'])
})

test('what is there and can’t be read has failed, and leaves the options', () => {
  assert.throws(() => saveWhile('exit 1'))
  assert.deepEqual(readdirSync(join(place, 'etc')), ['options.yaml'])
})
