import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { readCaFile } from '../../../src/homeassistant/mqtt/ca-file.ts'

describe("the file of the broker's authority", () => {
  let root: string
  let folder: string

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'wan-failover-ca-'))
    folder = join(root, 'ssl')
    mkdirSync(join(folder, 'inner'), { recursive: true })
    writeFileSync(join(root, 'secret'), 'a secret')
    writeFileSync(join(folder, 'ca.pem'), 'a certificate')
    symlinkSync('../ca.pem', join(folder, 'inner', 'within.pem'))
    symlinkSync('../secret', join(folder, 'out.pem'))
    symlinkSync('..', join(folder, 'up'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  for (const name of ['ca.pem', 'inner/within.pem', 'inner/../ca.pem', '../ssl/ca.pem']) {
    test(`is read at ${name} in its folder`, () => {
      assert.equal(readCaFile(`${folder}/${name}`, folder).toString(), 'a certificate')
    })
  }

  for (const name of ['out.pem', '../secret', 'inner/../../secret', 'up/secret', 'up', '.']) {
    test(`is refused at ${name}, which leads out of the folder`, () => {
      assert.throws(() => readCaFile(`${folder}/${name}`, folder), {
        message: `mqtt.tls_ca_file leads out of ${folder}: put the PEM file itself into ${folder}`,
      })
    })
  }

  test('is refused in a folder beside it whose name begins the same', () => {
    mkdirSync(join(root, 'ssl-secrets'))
    writeFileSync(join(root, 'ssl-secrets', 'ca.pem'), 'a certificate')
    assert.throws(() => readCaFile(join(root, 'ssl-secrets', 'ca.pem'), folder), /leads out of/)
  })

  test('may be anywhere without a folder', () => {
    assert.equal(readCaFile(join(root, 'secret'), null).toString(), 'a secret')
  })

  test('is refused where it is a pipe or a folder, without waiting for a writer', () => {
    execFileSync('mkfifo', [join(folder, 'pipe')])
    for (const name of ['pipe', 'inner']) {
      assert.throws(() => readCaFile(join(folder, name), folder), /is no file: name a PEM file/)
    }
  })

  test('that is missing is told from one that is refused', () => {
    assert.throws(() => readCaFile(join(folder, 'nowhere.pem'), folder), { code: 'ENOENT' })
  })
})
