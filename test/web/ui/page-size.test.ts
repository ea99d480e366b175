import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildPage } from './build-page.ts'

/** What waits until somebody opens it. */
const opened = /^(device-list|options-editor|change-card|problem-texts|boxes-table)-/

/** What a browser loads before anybody opens anything. */
const first = ['icon.svg.gz', 'index.html.gz', 'page.css.gz', 'page.js.gz']

test('what is on the first view is under 100 kB as it goes over the line, the guide included', () => {
  using page = buildPage()
  const packed = readdirSync(page.folder).filter((name) => name.endsWith('.gz'))
  const later = packed.filter((name) => !first.includes(name))
  const hashed =
    /^(chunk|setup-guide|device-list|options-editor|change-card|problem-texts|boxes-table)-[0-9A-Z]{8}\.js\.gz$/
  assert.deepEqual(
    [packed.filter((name) => first.includes(name)), later.filter((name) => !hashed.test(name))],
    [first, []],
  )
  assert.equal(later.filter((name) => name.startsWith('setup-guide-')).length, 1)
  const bytes = packed
    .filter((name) => !opened.test(name))
    .reduce((sum, name) => sum + statSync(join(page.folder, name)).size, 0)
  assert.ok(bytes < 100_000, `${bytes} bytes`)
})

test('the page asks nobody but its own server, by relative addresses', () => {
  using page = buildPage()
  const html = readFileSync(join(page.folder, 'index.html'), 'utf8')
  const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address)
  const preloaded = addresses.filter((address) => address?.startsWith('chunk-'))
  assert.deepEqual(addresses, ['icon.svg', 'page.css', ...preloaded, 'page.js'])
  const names = readdirSync(page.folder).filter((name) => name.endsWith('.js'))
  const scripts = names.map((name) => readFileSync(join(page.folder, name), 'utf8')).join('\n')
  const hosts = [...scripts.matchAll(/https?:\/\/([a-z0-9.-]+)/gi)].map(([, host]) => host)
  assert.deepEqual(hosts, [])
  const files = [...scripts.matchAll(/(?:\}from|import\()"([^"]*)"/g)].map(([, path]) => path)
  assert.ok(files.length > 0)
  const begun = [
    ...readFileSync(join(page.folder, 'page.js'), 'utf8').matchAll(/\}from"\.\/([^"]*)"/g),
  ]
  assert.deepEqual(preloaded, begun.map(([, name]) => name).sort())
  for (const path of files) assert.match(path ?? '', /^\.\/[a-z-]+-[0-9A-Z]{8}\.js$/)
})
