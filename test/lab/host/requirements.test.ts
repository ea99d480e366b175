import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from './requirements.ts'

test('a missing tool skips on a laptop, names its package, and fails in CI', () => {
  const { PATH: path, CI: ci } = process.env
  try {
    delete process.env['CI']
    assert.equal(skipWithout('unshare'), false)
    assert.equal(skipWithout(missing), 'missing here: no-such-tool (undefined)')
    process.env['CI'] = 'true'
    assert.equal(skipWithout('unshare'), false)
    assert.throws(() => skipWithout(missing), /no-such-tool.* In CI that is a failure/)
  } finally {
    restore('PATH', path)
    restore('CI', ci)
  }
})

// A tool that no machine has.
const missing = 'no-such-tool' as 'ip'

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name]
  else process.env[name] = value
}
