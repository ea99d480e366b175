import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LabNode } from '../lab/network/node.ts'
import { waitFor } from '../wait-for.ts'
import { DockerHost } from './docker-host.ts'

const tables = [100, 101]
const own = ['172.30.232.0/23', '172.30.32.0/23', 'fd0c:ac1e:2100::/48']
const webNetwork = ['--ipv6', '--subnet', '172.20.0.0/16', '--subnet', 'fd00:20::/64', 'web']
const webRoutes = ['172.20.0.0/16', 'fd00:20::/64']

test('at the start both tables get copies of the networks of Docker, the Supervisor and compose', async () => {
  await using host = await DockerHost.open()
  await host.engine.docker('network', 'create', ...webNetwork)
  await host.startAddon()
  for (const table of tables) {
    const there = await destinations(host.lab.host, String(table))
    for (const route of [...own, ...webRoutes]) {
      assert.ok(there.includes(route), `${route} in table ${table}: ${there.join(' ')}`)
    }
  }
})

test('a network that is made or removed later is copied or forgotten within a second', async () => {
  await using host = await DockerHost.started()
  await host.engine.docker('network', 'create', ...webNetwork)
  await waitForCopies(host, webRoutes, true)
  await host.engine.docker('network', 'rm', 'web')
  await waitForCopies(host, webRoutes, false)
  await waitForCopies(host, own, true)
})

test('a container keeps its way out and in, by the first WAN and by the second', async () => {
  await using host = await DockerHost.started()
  const { lab } = host
  await host.engine.docker('network', 'create', ...webNetwork)
  const web = await host.runWebServer('web', '--network', 'web', '--publish', '8080:80')
  const stream = await web.startStream()
  assert.equal(stream.samples().find(({ answer }) => answer !== null)?.answer?.wan, 1)
  await assertServed(host)
  const fault = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await stream.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 20_000 })
  await stream.stop()
  await assertServed(host)
})

for (const [liveRestore, what] of [
  [true, 'while containers go on'],
  [false, 'and its containers with it'],
] as const) {
  test(`an engine that restarts ${what} has its rules as before, and copies and ports are back`, async () => {
    await using host = await DockerHost.open({ liveRestore })
    const { lab, engine, addon } = host
    await engine.docker('network', 'create', ...webNetwork)
    await host.runWebServer('web', '--network', 'web', '-p', '8080:80', '--restart', 'always')
    const before = await rulesOfDocker(lab.host)
    await host.startAddon()
    assert.equal(await rulesOfDocker(lab.host), before)
    await engine.restart()
    if (!liveRestore) await addon.start()
    await waitForCopies(host, [...own, ...webRoutes], true, 5_000)
    await waitFor(() => assertServed(host).then(() => true), {
      deadlineMs: 10_000,
      what: 'the published port to answer again',
    })
    assert.equal(await rulesOfDocker(lab.host), before)
    assert.deepEqual(await addon.state().then(({ running }) => running), true)
  })
}

/** Docker's iptables rules of both families, without counters and without the one that is ours. */
async function rulesOfDocker(host: LabNode): Promise<string> {
  const texts = await Promise.all([host.run('iptables-save'), host.run('ip6tables-save')])
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => !/^#|--comment \S*wan.failover/.test(line))
    .map((line) => line.replace(/ \[\d+:\d+\]$/, ''))
    .toSorted()
    .join('\n')
}

async function assertServed({ lab }: DockerHost): Promise<void> {
  const address = lab.plan.lan.hostAddress
  for (const [node, to] of [
    [lab.client(1), address],
    [lab.client(2), address],
    [lab.host, address],
    [lab.host, '127.0.0.1'],
  ] as const) {
    assert.equal(await fetched(node, `http://${to}:8080/`), 'hello', `${node.name} asks ${to}`)
  }
}

function fetched(node: LabNode, url: string): Promise<string> {
  const program = `process.stdout.write(await (await fetch('${url}')).text())`
  return node.run(process.execPath, '--input-type=module', '--eval', program)
}

async function waitForCopies(
  host: DockerHost,
  routes: readonly string[],
  wanted: boolean,
  deadlineMs = 1_000,
): Promise<void> {
  for (const table of tables) {
    const what = `${routes.join(' and ')} to be ${wanted ? 'in' : 'gone from'} table ${table}`
    await waitFor(
      async () => {
        const there = await destinations(host.lab.host, String(table))
        return routes.every((route) => there.includes(route) === wanted)
      },
      { deadlineMs, everyMs: 20, what },
    )
  }
}

/** Of both families, as they are printed. */
async function destinations(host: LabNode, table: string): Promise<string[]> {
  const texts = await Promise.all([
    host.run('ip', '-4', 'route', 'show', 'table', table),
    host.run('ip', '-6', 'route', 'show', 'table', table),
  ])
  return texts.flatMap((text) => text.split('\n')).flatMap((line) => line.split(' ')[0] ?? [])
}
