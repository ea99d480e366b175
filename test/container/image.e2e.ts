import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { supervisorLabels } from './built-image.ts'
import { Engine } from './engine.ts'
import { engineFolder } from './engine-folder.ts'
import { checkout, readManifest, workshop } from './workshop.ts'

const execute = promisify(execFile)
const limitMb = 150
/** What the daemon and its launcher call, links aside. */
const programs = [
  ...['cat', 'dash', 'dirname', 'ip', 'ping', 'readlink', 'wg'].map((name) => `/usr/bin/${name}`),
  '/usr/local/bin/node',
  ...['conntrack', 'nft', 'xtables-nft-multi'].map((name) => `/usr/sbin/${name}`),
]
const made = new AsyncDisposableStack()
const folder = made.use(engineFolder()).path
const engine = made.use(await Engine.start({ tree: workshop.engineTree, folder, offline: true }))
after(() => made.disposeAsync())

test('the image weighs less than 150 MB', async (context) => {
  const size = Number(await inspect('{{.Size}}'))
  const files = await listFiles()
  const weigh = (fits: (path: string) => boolean) =>
    mb(files.filter(({ path }) => fits(path)).reduce((sum, { bytes }) => sum + bytes, 0))
  const node = (path: string) => path === '/usr/local/bin/node'
  const ours = (path: string) => path.startsWith('/app/')
  const packages = (path: string) => path.startsWith('/app/node_modules/')
  context.diagnostic(`the image: ${mb(size)} MB`)
  context.diagnostic(`Node ${weigh(node)}, Debian ${weigh((path) => !node(path) && !ours(path))}`)
  context.diagnostic(
    `npm packages ${weigh(packages)}, ours ${weigh((path) => ours(path) && !packages(path))}`,
  )
  assert.ok(mb(size) < limitMb)
})

test('the image holds what runs and nothing else', async () => {
  const paths = (await listFiles()).map(({ path }) => path)
  const none = (pattern: RegExp) =>
    assert.deepEqual(
      paths.filter((path) => pattern.test(path)),
      [],
      String(pattern),
    )
  const { packages } = lockFile()
  const another = Object.keys(packages['']?.optionalDependencies ?? {})
  for (const [, name = ''] of paths.join('\n').matchAll(/^\/app\/(\S+)\/package\.json$/gm)) {
    const locked = packages[name]
    const tool = locked?.dev === true || locked?.devOptional === true
    const runs = !tool && !another.includes(name.replace('node_modules/', ''))
    assert.ok(runs, `${name} is in the image`)
  }
  assert.deepEqual(
    paths.filter((path) => /\/s?bin\/[^/]+$/.test(path) && !path.startsWith('/app/')).sort(),
    programs,
  )
  none(/\/(\.npm|_cacache)\/|^\/root\/|^\/usr\/local\/(include|lib)\//)
  none(/^\/var\/(?!lib\/dpkg\/status\.d\/)/)
  none(/^\/app\/node_modules\/.*(\.map|\.[cm]?ts|\.[ch]c?|readme\.md)$/i)
  none(/^\/app\/(test|script|package-lock\.json)|^\/app\/src\/.*\.test\.ts$/)
  none(/npmrc$|certificates\.pem$/)
  for (const path of ['page/index.html', 'page/page.js', 'src/main.ts', 'addon/wan-failover']) {
    assert.ok(paths.includes(`/app/${path}`), path)
  }
})

test('the image names the Debian packages that its files are of, for whoever looks for holes', async () => {
  const paths = (await listFiles()).map(({ path }) => path)
  const known = paths.filter((path) => path.startsWith('/var/lib/dpkg/status.d/'))
  for (const name of [
    'iproute2',
    'nftables',
    'iptables',
    'conntrack',
    'iputils-ping',
    'wireguard-tools',
  ]) {
    assert.ok(
      known.some((path) => path.endsWith(`/${name}`)),
      name,
    )
    assert.ok(paths.includes(`/usr/share/doc/${name}/copyright`), name)
  }
})

test('the image says what it is, to the Supervisor and to people', async () => {
  const labels = JSON.parse(await inspect('{{json .Config.Labels}}')) as object
  const ownVersion = { 'org.opencontainers.image.version': readManifest().version }
  assert.deepEqual({ ...labels, ...supervisorLabels(), ...ownVersion }, labels)
  const started = await inspect('{{json .Config.Entrypoint}} {{json .Config.Cmd}}')
  assert.equal(started, 'null ["node","/app/src/main.ts","run"]')
})

test('nothing in the Dockerfile is for one architecture', () => {
  const dockerfile = readFileSync(join(checkout, 'Dockerfile'), 'utf8')
  const instructions = dockerfile.split('\n').filter((line) => !line.startsWith('#'))
  assert.doesNotMatch(instructions.join('\n'), /amd64|arm64|aarch64|x86|x64/i)
  const lock = readFileSync(join(checkout, 'package-lock.json'), 'utf8')
  for (const name of ['koffi-linux-x64', 'koffi-linux-arm64']) assert.match(lock, RegExp(name))
})

function inspect(format: string): Promise<string> {
  return engine.docker('image', 'inspect', '--format', format, workshop.image)
}

/** As tar lists them: there is no tool in the image that could. */
async function listFiles(): Promise<{ bytes: number; path: string }[]> {
  const container = await engine.docker('create', '--network', 'none', workshop.image)
  await engine.docker('export', '--output', '/mnt/files.tar', container)
  const words = ['--list', '--verbose', '--numeric-owner', '--file', join(folder, 'files.tar')]
  const { stdout } = await execute('tar', words, { maxBuffer: 16 * 1024 * 1024 })
  return stdout.split('\n').flatMap((line) => {
    const [, bytes, path] = /^-\S+ +\S+ +(\d+) \S+ \S+ (.*)$/.exec(line) ?? []
    return path === undefined ? [] : [{ bytes: Number(bytes), path: `/${path}` }]
  })
}

interface LockFile {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly dev?: boolean
        readonly devOptional?: boolean
        readonly optionalDependencies?: object
      }
    >
  >
}

function lockFile(): LockFile {
  return JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8'))
}

/** Millions of bytes, as the engine counts. */
function mb(bytes: number): number {
  return Math.round(bytes / 1e5) / 10
}
