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
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { platforms } from './built-image.ts'
import type { Engine } from './engine.ts'
import { type Architecture, architecture, checkout, workshop } from './workshop.ts'

const execute = promisify(execFile)
const npmVersion = '11.6.2'
/** What the real image leaves out, by the maintainers' own list for slim ones. */
const leftOut = ['doc', 'man', 'info', 'locale', 'lintian', 'linda', 'groff']

/** Imports the stand-in under the name in the Dockerfile, unless the same one is there already. */
export async function makeBaseImage(engine: Engine, of: Architecture): Promise<void> {
  const name = baseOf(readFileSync(join(checkout, 'Dockerfile'), 'utf8'))
  const overlay = join(workshop.folder, `base-overlay-${of}`)
  const npmSettings = await ownNpmSettings()
  const identity = createHash('sha256')
    .update(JSON.stringify([name, npmSettings]))
    .update(readFileSync(import.meta.filename))
    .update(readFileSync(`${workshop.baseTree(of)}.made-of`))
    .digest('hex')
  const mark = `${overlay}.made-of`
  const same = existsSync(mark) && readFileSync(mark, 'utf8') === identity
  if (same && (await engine.docker('images', '--quiet', name)) !== '') return
  rmSync(overlay, { recursive: true, force: true })
  await layOut(join(overlay, 'usr/local'), { settings: npmSettings, of })
  await importTree(engine, { tree: workshop.baseTree(of), overlay, name, of })
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
  if (!name.startsWith(`node:${nodeVersion()}-`)) {
    throw new Error(`the base image is ${name}, but the lock file's Node is ${nodeVersion()}`)
  }
  return name
}

function nodeVersion(): string {
  const text = readFileSync(join(ownNode(), 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

function ownNode(): string {
  return join(checkout, 'node_modules', `node-linux-${process.arch}`)
}

async function layOut(
  local: string,
  { settings, of }: { settings: NpmSettings; of: Architecture },
): Promise<void> {
  const modules = join(local, 'lib/node_modules')
  for (const path of [join(local, 'bin'), modules]) {
    mkdirSync(path, { recursive: true })
  }
  await layOutNode(join(local, 'bin/node'), of)
  const npm = join(modules, 'npm')
  await unpack(`npm@${npmVersion}`, npm)
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

/** The lock file's, which npm has left out here where it is for another architecture. */
async function layOutNode(path: string, of: Architecture): Promise<void> {
  if (of === architecture) return cpSync(join(ownNode(), 'bin/node'), path)
  const folder = `${path}-package`
  await unpack(`node-linux-${of === 'aarch64' ? 'arm64' : 'x64'}@${nodeVersion()}`, folder)
  renameSync(join(folder, 'bin/node'), path)
  rmSync(folder, { recursive: true })
}

/** A package as the registry has it, without what it depends on. */
async function unpack(name: string, folder: string): Promise<void> {
  mkdirSync(folder)
  const { stdout } = await execute('npm', ['pack', '--silent', name], { cwd: folder })
  const archive = join(folder, stdout.trim())
  await execute('tar', ['-xzf', archive, '-C', folder, '--strip-components=1'])
  rmSync(archive)
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
  wanted: { tree: string; overlay: string; name: string; of: Architecture },
): Promise<void> {
  const { tree, overlay, name, of } = wanted
  const words = ['import', '--platform', platforms[of], '--change', 'CMD ["node"]', '-', name]
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
