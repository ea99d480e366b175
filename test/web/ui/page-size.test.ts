import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildPage } from './build-page.ts'

test('the whole page is under 150 kB as it goes over the line', () => {
  using page = buildPage()
  const packed = readdirSync(page.folder).filter((name) => name.endsWith('.gz'))
  assert.deepEqual(packed.sort(), ['icon.svg.gz', 'index.html.gz', 'page.css.gz', 'page.js.gz'])
  const bytes = packed.reduce((sum, name) => sum + statSync(join(page.folder, name)).size, 0)
  assert.ok(bytes < 150_000, `${bytes} bytes`)
})

test('the page asks nobody but its own server, by relative addresses', () => {
  using page = buildPage()
  const html = readFileSync(join(page.folder, 'index.html'), 'utf8')
  const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address)
  assert.deepEqual(addresses, ['icon.svg', 'page.css', 'page.js'])
  const script = readFileSync(join(page.folder, 'page.js'), 'utf8')
  const hosts = [...script.matchAll(/https?:\/\/([a-z0-9.-]+)/gi)].map(([, host]) => host)
  assert.deepEqual(hosts, [])
})
