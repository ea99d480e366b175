import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isEmulated, whereElse } from './emulation.ts'
import { Engine } from './engine.ts'
import { checkout, imageOf, otherArchitecture, workshop } from './workshop.ts'

test(`the image for ${otherArchitecture} is built and its programs run, here or by the workflows`, async (context) => {
  if (!isEmulated()) {
    context.diagnostic(`${otherArchitecture}: ${whereElse}`)
    for (const name of ['ci.yaml', 'release.yaml']) {
      const text = readFileSync(join(checkout, '.github/workflows', name), 'utf8')
      assert.match(text, /build-image@.*load: "true".*script\/try-image/s, name)
    }
    return
  }
  const image = imageOf(otherArchitecture)
  const { engineTree: tree, otherBuildFolder: folder } = workshop
  await using engine = await Engine.start({ tree, folder, offline: true })
  const size = await engine.docker('image', 'inspect', '--format', '{{.Size}}', image)
  context.diagnostic(`the image for ${otherArchitecture}: ${(Number(size) / 1e6).toFixed(1)} MB`)
  assert.ok(Number(size) < 150e6)
  // The interpreter has no words for what `ip` asks of the kernel, so that the daemon can't run here.
  const container = await engine.docker('run', '--detach', '--interactive', image, 'cat')
  const run = (...words: readonly string[]) => engine.docker('exec', container, ...words)
  assert.match(await run('wan-failover', '--help'), /^wan-failover keeps this host/)
  const program = `
    await import('/app/src/commands/run/run.ts')
    const { createRequire } = await import('node:module')
    createRequire('/app/src/main.ts')('koffi').load(null)
    process.stdout.write(process.arch)`
  const told = await run('node', '--input-type=module', '--eval', program)
  assert.equal(told, otherArchitecture === 'aarch64' ? 'arm64' : 'x64')
  for (const tool of ['ip', 'nft', 'conntrack', 'iptables', 'ping']) {
    // What speaks nft opens its socket first, and says that it can't: it runs by then.
    const said = await run(tool, '-V').catch(String)
    assert.match(said, /\d[.\d]\d*|initialize (nft|Netlink socket): Protocol not supported/, tool)
  }
})
