/**
 * A stand-in for the base image that the Dockerfile names, for machines that reach package
 * registries but no image registry: Debian as slim as the real one, the Node of the lock file, npm.
 * Only here does the image learn from which npm registry this machine takes its packages.
 */
import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import type { Engine } from './engine.ts'
import { checkout, workshop } from './workshop.ts'

const execute = promisify(execFile)
const npmVersion = '11.6.2'
/** What the real image leaves out, by the maintainers' own list for slim ones. */
const leftOut = ['doc', 'man', 'info', 'locale', 'lintian', 'linda', 'groff']

/** Imports the stand-in under the name in the Dockerfile, unless the same one is there already. */
export async function makeBaseImage(engine: Engine): Promise<void> {
  const name = baseOf(readFileSync(join(checkout, 'Dockerfile'), 'utf8'))
  const overlay = join(workshop.folder, 'base-overlay')
  const npmSettings = await ownNpmSettings()
  const identity = createHash('sha256')
    .update(JSON.stringify([name, npmSettings]))
    .update(readFileSync(import.meta.filename))
    .update(readFileSync(`${workshop.baseTree}.made-of`))
    .digest('hex')
  const mark = `${overlay}.made-of`
  const same = existsSync(mark) && readFileSync(mark, 'utf8') === identity
  if (same && (await engine.docker('images', '--quiet', name)) !== '') return
  rmSync(overlay, { recursive: true, force: true })
  await layOut(join(overlay, 'usr/local'), npmSettings)
  await importTree(engine, { tree: workshop.baseTree, overlay, name })
  writeFileSync(mark, identity)
}

/** The one base of all stages that have one. */
function baseOf(dockerfile: string): string {
  const names = new Set(
    [...dockerfile.matchAll(/^FROM ([^\s@]+:[^\s@]+)/gm)].flatMap(([, name]) => name ?? []),
  )
  const [name] = names
  if (name === undefined || names.size > 1) {
    throw new Error(`the Dockerfile should name one base image, not ${[...names].join(', ')}`)
  }
  const { version } = JSON.parse(readFileSync(join(ownNode(), 'package.json'), 'utf8')) as {
    version: string
  }
  if (!name.startsWith(`node:${version}-`)) {
    throw new Error(`the base image is ${name}, but the lock file's Node is ${version}`)
  }
  return name
}

function ownNode(): string {
  return join(checkout, 'node_modules', `node-linux-${process.arch}`)
}

async function layOut(local: string, settings: NpmSettings): Promise<void> {
  const modules = join(local, 'lib/node_modules')
  for (const path of [join(local, 'bin'), modules]) {
    mkdirSync(path, { recursive: true })
  }
  cpSync(join(ownNode(), 'bin/node'), join(local, 'bin/node'))
  const npm = join(modules, 'npm')
  mkdirSync(npm)
  const { stdout } = await execute('npm', ['pack', '--silent', `npm@${npmVersion}`], { cwd: local })
  const archive = join(local, stdout.trim())
  await execute('tar', ['-xzf', archive, '-C', npm, '--strip-components=1'])
  rmSync(archive)
  for (const command of ['npm', 'npx']) {
    symlinkSync(`../lib/node_modules/npm/bin/${command}-cli.js`, join(local, 'bin', command))
  }
  // Debian's images delete what apt has downloaded; without it that would count as ours.
  const cleaning = join(local, '../../etc/apt/apt.conf.d')
  mkdirSync(cleaning, { recursive: true })
  writeFileSync(join(cleaning, 'docker-clean'), cleanApt)
  const lines = Object.entries(settings.values).map(([key, value]) => `${key}=${value}\n`)
  if (settings.certificates !== null) {
    lines.push('cafile=/usr/local/lib/node_modules/npm/certificates.pem\n')
    writeFileSync(join(npm, 'certificates.pem'), settings.certificates)
  }
  // npm's own defaults, which go where npm goes.
  writeFileSync(join(npm, 'npmrc'), lines.join(''))
}

const cleanApt = `DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
`

interface NpmSettings {
  readonly values: Readonly<Record<string, string>>
  readonly certificates: string | null
}

/** How npm reaches its registry on this machine. */
async function ownNpmSettings(): Promise<NpmSettings> {
  const values: Record<string, string> = {}
  for (const key of ['registry', 'proxy', 'https-proxy', 'noproxy']) {
    const value = await npmSetting(key)
    if (value !== '') values[key] = value
  }
  const file = (await npmSetting('cafile')) || process.env['NODE_EXTRA_CA_CERTS'] || ''
  return { values, certificates: file === '' ? null : readFileSync(file, 'utf8') }
}

async function npmSetting(key: string): Promise<string> {
  const { stdout } = await execute('npm', ['config', 'get', key], { cwd: checkout })
  const value = stdout.trim()
  return ['null', 'undefined'].includes(value) ? '' : value
}

async function importTree(
  engine: Engine,
  { tree, overlay, name }: { tree: string; overlay: string; name: string },
): Promise<void> {
  const words = ['import', '--change', 'CMD ["node"]', '-', name]
  const [file = '', ...args] = engine.command(words)
  const script =
    'mount -t overlay overlay -o lowerdir="$1:$2" /mnt; shift 2; exec tar --directory /mnt "$@"'
  const tar = spawn('unshare', [
    ...['--mount', '--propagation', 'private', 'sh', '-e', '-c', script, 'sh', overlay, tree],
    ...['--create', '--numeric-owner'],
    ...leftOut.map((folder) => `--exclude=./usr/share/${folder}/*`),
    ...['var/cache/apt/*', 'var/lib/apt/lists/*', 'var/log/*'].map((what) => `--exclude=./${what}`),
    '.',
  ])
  const docker = spawn(file, args, { stdio: ['pipe', 'ignore', 'inherit'] })
  const ended = once(docker, 'exit')
  const piped = pipeline(tar.stdout, docker.stdin)
  const [[code]] = await Promise.all([ended, piped])
  if (code !== 0) throw new Error(`importing ${name} into the engine ended with ${String(code)}`)
}
