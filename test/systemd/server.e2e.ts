/** The server as a service: the real script/install-server under a real systemd, and a house far away. */
import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { dumpHost } from '../lab/host/dump.ts'
import { LabNode } from '../lab/network/node.ts'
import { ServerLab, serverAddress, strangerAddress } from '../server/lab/server-lab.ts'
import { TestHouse } from '../server/lab/test-house.ts'
import { waitFor } from '../wait-for.ts'
import { Machine, sources } from './machine.ts'

const service = 'wan-failover-server'
const settingsFile = '/etc/wan-failover-server/server.json'
const configured = [
  '/etc/wan-failover-server',
  '/etc/wan-failover-server/installed-packages',
  settingsFile,
]
const mostExposed = 2.5

const lab = await ServerLab.open({ server: LabNode.host() })
// The booted Debian can't write kernel settings, as in a container: there the host has set them.
await lab.server.script('echo 1 > /proc/sys/net/ipv4/ip_forward')
const disk = mkdtempSync(join(tmpdir(), 'wan-failover-disk-'))
execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', disk])
let machine = await Machine.boot({ disk })
after(async () => {
  await machine.close()
  await lab[Symbol.asyncDispose]()
  execFileSync('umount', ['--lazy', disk])
  rmdirSync(disk)
})
const untouched = await dumpHost(lab.server)
const filesBefore = await files()
const packagesBefore = await machine.run('dpkg-query', '--show')
let house: TestHouse

test('script/install-server prints a line by which a house has its address', async () => {
  const words = ['--endpoint', serverAddress, '--address', '203.0.113.80']
  const printed = await machine.run(`${sources}/script/install-server`, ...words)
  assert.match(printed, /wan-failover-server .* runs\./)
  house = await TestHouse.move(lab.house('home'), invitationIn(printed), { both: true })
  await house.waitForHandshake()
  assert.equal((await house.ping(strangerAddress, 50)).lost, 0)
  await lab.stranger.run('ping', '-c', '3', '-i', '0.01', '-W', '5', '203.0.113.80')
  assert.equal(await machine.run('systemctl', 'is-enabled', service), 'enabled')
  assert.equal(await machine.run('stat', '--format=%a %U', settingsFile), '600 root')
  assert.match(
    await machine.run(service, 'status'),
    /home: 203\.0\.113\.80\/32\n {2}keys made \d+ s/,
  )
})

test('each packet goes by both lines, and one that falls silent costs none', async () => {
  await goesBothWays()
  await lab.silence('home-1', true)
  const pings = await house.ping(strangerAddress, 400)
  assert.deepEqual([pings.lost, pings.duplicates], [0, 0])
  await lab.silence('home-1', false)
})

test('it runs as nobody that the host knows, with one capability', async (t) => {
  const pid = await property('MainPID')
  const status = await machine.run('cat', `/proc/${pid}/status`)
  assert.doesNotMatch(status, /^Uid:\s+0\s/m)
  assert.match(status, /^CapEff:\s+0000000000001000$/m)
  assert.match(status, /^NoNewPrivs:\s+1$/m)
  const analysis = await machine.run('systemd-analyze', '--no-pager', 'security', service)
  const [told = '', exposure = ''] = /Overall exposure level.*: ([\d.]+) .*/.exec(analysis) ?? []
  t.diagnostic(told)
  assert.ok(Number(exposure) < mostExposed, told)
})

test('nobody but root reads the keys, and the journal has none', async () => {
  for (const file of [settingsFile, `/run/${service}/server.json`]) {
    const read = await machine.try('setpriv', '--reuid=65534', '--clear-groups', 'cat', file)
    assert.match(read.text, /Permission denied/)
  }
  const { private_key: key } = JSON.parse(await machine.run('cat', settingsFile))
  const journal = await machine.run('journalctl', '--unit', service, '--output', 'cat')
  assert.match(journal, /listening as/)
  for (const secret of [key, house.invitation.privateKey]) assert.ok(!journal.includes(secret))
})

test('killed it comes back, and a second install upgrades: no packet is lost', async () => {
  for (const work of [
    () => machine.run('systemctl', 'kill', '--kill-whom=main', '--signal=KILL', service),
    () => machine.run(`${sources}/script/install-server`),
  ]) {
    const before = await property('MainPID')
    const rounds: Promise<unknown>[] = [work()]
    let lost = 0
    let working = true
    void rounds[0]?.finally(() => {
      working = false
    })
    while (working) lost += (await house.ping(strangerAddress, 200)).lost
    await Promise.all(rounds)
    await waitFor(async () => !['0', before].includes(await property('MainPID')), {
      deadlineMs: 20_000,
      what: 'another process',
    })
    await goesBothWays()
    assert.equal(lost, 0)
  }
})

test('after a reboot the house is there again by itself', async () => {
  await machine.close()
  // What a kernel has forgotten when it starts.
  await lab.server.run('nft', 'flush', 'ruleset')
  await waitFor(async () => !(await lab.server.run('ip', 'link')).includes('wf-server'), {
    what: 'the tunnel to be gone with the machine',
  })
  assert.equal(await dumpHost(lab.server), untouched)
  machine = await Machine.boot({ disk })
  await waitFor(async () => (await house.ping(strangerAddress, 5)).lost === 0, {
    deadlineMs: 30_000,
    what: 'the house to have its address again',
  })
  await goesBothWays()
})

test('with another key the old invitation is worth nothing, and the new one everything', async () => {
  const printed = await machine.run(service, 'rekey', 'home')
  await waitFor(async () => (await house.ping(strangerAddress, 5)).lost === 5, {
    deadlineMs: 20_000,
    what: 'the house to be out',
  })
  house = await house.rekey(invitationIn(printed))
  await house.waitForHandshake()
  assert.equal((await house.ping(strangerAddress, 50)).lost, 0)
})

test('houses come and go while it runs', async () => {
  await machine.run(service, 'add', 'shop', '--port', 'tcp/443')
  const status = await machine.run(service, 'status')
  assert.match(
    status,
    /shop: 10\.99\.0\.2\/32 and its ports tcp\/443\n {2}it has not been here yet/,
  )
  const refused = await machine.try(service, 'add', 'hut', '--port', 'tcp/443')
  assert.deepEqual(refused, { code: 1, text: 'tcp/443 leads to the house shop already\n' })
  await machine.run(service, 'remove', 'shop')
  assert.doesNotMatch(await machine.run(service, 'status'), /shop/)
})

test('uninstall leaves the machine as it was, with --purge to the last package', async () => {
  assert.match(await machine.run(service, 'uninstall'), /is gone from this machine/)
  assert.equal(await dumpHost(lab.server), untouched)
  const left = [...filesBefore, ...configured].toSorted()
  assert.deepEqual(await files(), left)
  await machine.run(`${sources}/script/install-server`)
  assert.match(await machine.run(service, 'status'), /home/)
  assert.notEqual(await machine.run('dpkg-query', '--show'), packagesBefore)
  await machine.run(service, 'uninstall', '--purge')
  assert.equal(await dumpHost(lab.server), untouched)
  assert.deepEqual(await files(), filesBefore)
  assert.equal(await machine.run('dpkg-query', '--show'), packagesBefore)
  assert.equal(await machine.failures(), '')
  assert.equal(await machine.run('systemctl', 'is-system-running'), 'running')
})

function invitationIn(printed: string): string {
  return printed.split('\n').find((line) => line.startsWith('wan-failover://')) ?? printed
}

function property(name: string): Promise<string> {
  return machine.run('systemctl', 'show', `--property=${name}`, '--value', service)
}

async function goesBothWays(): Promise<void> {
  await waitFor(async () => /goes to both/.test(await machine.run(service, 'status')), {
    deadlineMs: 30_000,
    everyMs: 200,
    what: 'the house on both lines',
  }).catch(async (error: unknown) => {
    const journal = await machine.run('journalctl', '--unit', service, '--output', 'cat')
    throw new Error(journal, { cause: error })
  })
}

/** What is there where nobody but the administrator, or we, put files. */
async function files(): Promise<string[]> {
  const places = ['/opt', '/usr/local', '/root', '/home', '/srv', '/var/lib/private', '/var/tmp']
  const found = await machine.run('find', ...places, '-xdev')
  const named = await machine.run('find', '/etc', '/var/lib', '/run', '-path', '*wan-failover*')
  const within = await machine.run('find', '/etc/systemd')
  const lines = [found, named, within].flatMap((text) => text.split('\n'))
  return [...new Set(lines.filter((line) => line !== ''))].toSorted()
}
