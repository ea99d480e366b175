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
import { Engine } from './engine.ts'
import { makeLinters } from './linters.ts'
import { checkout, openWorkshop, workshop } from './workshop.ts'

const enginePackages = ['docker.io', 'docker-cli', 'docker-buildx', 'iptables', 'nftables']

openWorkshop()
await step('linters', makeLinters)
await step('Debian trees', () =>
  Promise.all([
    makeDebianTree({ folder: workshop.baseTree, suite: 'trixie', packages: ['libatomic1'] }),
    makeDebianTree({
      folder: workshop.engineTree,
      suite: 'sid',
      packages: [...enginePackages, 'ca-certificates', 'iproute2', 'procps'],
    }),
  ]),
)
const { engineTree: tree, buildFolder, seedFolder } = workshop
await using builder = await Engine.start({
  tree,
  folder: buildFolder,
  sources: checkout,
  offline: true,
})
await step('base image', () => makeBaseImage(builder))
// A package registry that stumbles once is no fault of the image.
await step('image', () => buildImage(builder).catch(() => buildImage(builder)))
await step('engine with the image', seed)

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
