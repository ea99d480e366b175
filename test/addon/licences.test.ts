import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { carriedPackages, licencesPage, licencesText } from './carried-packages.ts'

/** Whoever passes the image on owes no more than the texts, which lie in it. */
const allowed = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']

test('what the image carries may be passed on with it', () => {
  const packages = carriedPackages()
  assert.ok(packages.some(({ name }) => name === 'mqtt'))
  for (const { name, licence } of packages) {
    assert.ok(allowed.includes(licence), `${name}: ${licence}`)
  }
})

test('LICENCES.md lists it (node test/addon/make-licences.ts writes it anew)', () => {
  assert.equal(readFileSync(licencesPage, 'utf8'), licencesText(carriedPackages()))
})
