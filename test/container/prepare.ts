/**
 * Makes what the container tests need: two Debian trees, a stand-in for the base image, and the
 * image of this checkout, built by a real engine as the Supervisor builds it. It runs in the
 * machine's own network, for builds need the package registries, and changes nothing there.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeBaseImage } from './base-image.ts'
import { buildImage } from './built-image.ts'
import { makeDebianTree } from './debian-tree.ts'
import { isEmulated, whereElse } from './emulation.ts'
import { Engine } from './engine.ts'
import { makeLinters } from './linters.ts'
import { architecture, checkout, openWorkshop, otherArchitecture, workshop } from './workshop.ts'

const enginePackages = ['docker.io', 'docker-cli', 'docker-buildx', 'iptables', 'nftables']

const base = { suite: 'trixie', packages: ['libatomic1'] }

openWorkshop()
await step('linters', makeLinters)
await step('Debian trees', () =>
  Promise.all([
    makeDebianTree({ ...base, folder: workshop.baseTree(architecture) }),
    makeDebianTree({
      folder: workshop.engineTree,
      suite: 'sid',
      packages: [...enginePackages, 'ca-certificates', 'iproute2', 'procps'],
    }),
  ]),
)
const { engineTree: tree, buildFolder, otherBuildFolder, seedFolder } = workshop
await using builder = await Engine.start({
  tree,
  folder: buildFolder,
  sources: checkout,
  offline: true,
})
await step('base image', () => makeBaseImage(builder, architecture))
// A package registry that stumbles once is no fault of the image.
const own = { of: architecture, folder: buildFolder }
await step('image', () => buildImage(builder, own).catch(() => buildImage(builder, own)))
await step('engine with the image', seed)
if (isEmulated()) await step(`image for ${otherArchitecture}, emulated`, makeOther)
else process.stdout.write(`${otherArchitecture}: ${whereElse}\n`)

/** In an engine of its own, where it stays for the test that starts it. */
async function makeOther(): Promise<void> {
  const of = otherArchitecture
  const debian = of === 'aarch64' ? 'arm64' : 'amd64'
  await makeDebianTree({ ...base, folder: workshop.baseTree(of), architecture: debian })
  const wanted = { tree, folder: otherBuildFolder, sources: checkout, offline: true }
  await using engine = await Engine.start(wanted)
  await makeBaseImage(engine, of)
  await buildImage(engine, { of, folder: otherBuildFolder })
}

/** Copying what an engine has written takes a tenth of the time of loading an image. */
async function seed(): Promise<void> {
  const mark = `${seedFolder}.made-of`
  const id = await builder.docker('image', 'inspect', '--format', '{{.Id}}', workshop.image)
  if (existsSync(mark) && readFileSync(mark, 'utf8') === id) return
  rmSync(mark, { force: true })
  rmSync(seedFolder, { recursive: true, force: true })
  mkdirSync(seedFolder)
  const file = 'image.tar'
  await builder.docker('save', '--output', `/mnt/${file}`, workshop.image)
  await using engine = await Engine.start({
    tree,
    folder: seedFolder,
    sources: buildFolder,
    offline: true,
  })
  await engine.docker('load', '--input', `/srv/${file}`)
  rmSync(join(buildFolder, file))
  writeFileSync(mark, id)
}

async function step(what: string, work: () => Promise<unknown>): Promise<void> {
  const startedMs = performance.now()
  await work()
  process.stdout.write(`${what}: ${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`)
}
