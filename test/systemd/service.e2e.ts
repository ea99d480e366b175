/** WAN Failover as a service: the real script/install under a real systemd, with the lab around it. */
import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { OptionsPage } from '../../src/model/published/options-page.ts'
import {
  dockerUserRules,
  removeDockerFirewall,
  startDockerFirewall,
} from '../lab/host/docker-firewall.ts'
import { dumpHost } from '../lab/host/dump.ts'
import { optionsOf } from '../lab/house/house.ts'
import { Lab } from '../lab/lab.ts'
import type { EchoStream } from '../lab/measure/echo-stream.ts'
import { monotonicMs } from '../lab/measure/monotonic.ts'
import { waitFor } from '../wait-for.ts'
import { Machine, sources } from './machine.ts'

const optionsFile = '/etc/wan-failover/options.yaml'
const mostExposed = 2

const lab = await Lab.create({ topology: 'one-subnet' })
const machine = await Machine.boot()
after(async () => {
  await machine.close()
  await lab.close()
})
const untouched = await dumpHost(lab.host)
const filesBefore = await files()
const good = optionsOf(lab.plan)
const unit = 'wan-failover.service'
const dropIns = `/etc/systemd/system/${unit}.d`
/** Of the user's, so uninstall leaves it. */
const configured = ['/etc/wan-failover', dropIns, `${dropIns}/lab.conf`]

test('script/install puts it on a fresh Debian, where it observes only', async () => {
  assert.match(await machine.run(`${sources}/script/install`), /WAN Failover .* runs/)
  assert.equal(await machine.property('ActiveState'), 'active')
  assert.equal(await machine.run('systemctl', 'is-enabled', 'wan-failover'), 'enabled')
  assert.match(await machine.property('StatusText'), /^observing only: the options name no WAN/)
  assert.equal(await machine.run('stat', '--format=%a %U', optionsFile), '600 root')
  assert.equal(await dumpHost(lab.host), untouched)
})

test('the journal has the priorities, and no second time stamp', async () => {
  const lines = await machine.journal()
  assert.ok(lines.includes('<4> observing only, nothing is set up: the options name no WAN'))
  assert.ok(lines.some((line) => /^<6> found eth0 .*gateway 192\.168\.0\.1$/.test(line)))
  for (const line of lines) assert.doesNotMatch(line, /\d\d:\d\d:\d\d|INFO|WARN|<\d>.*<\d>/)
})

test('it runs as nobody that the host knows, with two capabilities', async (t) => {
  const pid = await machine.property('MainPID')
  const status = await machine.run('cat', `/proc/${pid}/status`)
  assert.doesNotMatch(status, /^Uid:\s+0\s/m)
  assert.match(status, /^CapEff:\s+0000000000003000$/m)
  const analysis = await machine.run('systemd-analyze', '--no-pager', 'security', 'wan-failover')
  const [told = '', exposure = ''] = /Overall exposure level.*: ([\d.]+) .*/.exec(analysis) ?? []
  t.diagnostic(told)
  for (const line of analysis.split('\n').filter((line) => line.includes('✗'))) t.diagnostic(line)
  assert.ok(Number(exposure) < mostExposed, told)
})

test('with two WANs in the options it manages them', async () => {
  await machine.writeFile(optionsFile, JSON.stringify(good))
  // The real time of a minute would be most of this file's.
  await machine.writeFile(`${dropIns}/lab.conf`, '[Service]\nWatchdogSec=15\n')
  const checked = await machine.run('wan-failover', 'check')
  assert.match(checked, /^OK /m)
  await machine.run('systemctl', 'daemon-reload')
  await machine.run('systemctl', 'restart', 'wan-failover')
  await bothUp()
  assert.match(await lab.host.run('ip', 'rule'), /10900:\tfrom all lookup 100 proto 201/)
  assert.equal(await machine.property('StatusText'), 'primary is in use (primary up, secondary up)')
})

test('root asks it by a socket in a folder that nobody else can reach', async () => {
  assert.match(await machine.run('wan-failover', 'health'), /^the daemon is alive/)
  assert.match(await machine.run('wan-failover', 'page'), /^http:\/\/localhost:8099\/#key=\S{43}$/m)
  assert.match(await machine.run('stat', '--format=%a %F', '/run/wan-failover'), /^700 directory/)
  const asked = await machine.try('setpriv', '--reuid=65534', 'wan-failover', 'health')
  assert.notEqual(asked.code, 0)
})

test('its page is served, on this host only', async () => {
  for (const [path, type] of [
    ['', /^text\/html/],
    ['page.js', /^text\/javascript/],
    ['api/state', /^application\/json/],
  ] as const) {
    const answer = await fetch(`http://127.0.0.1:8099/${path}`)
    assert.equal(answer.status, 200, path)
    assert.match(answer.headers.get('content-type') ?? '', type)
    await answer.arrayBuffer()
  }
  const elsewhere = fetch(`http://${lab.wan(1).hostAddress}:8099/`)
  await assert.rejects(elsewhere, ({ cause }: Error) => /ECONNREFUSED/.test(String(cause)))
})

test('it can let clients pass where Docker drops what is forwarded', async () => {
  await startDockerFirewall(lab.host, {
    bridge: 'br-lab',
    subnet: '172.18.0.0/16',
    published: { address: '172.18.0.2', port: 80 },
  })
  await waitFor(async () => /wan_failover -j ACCEPT/.test(await dockerUserRules(lab.host)), {
    deadlineMs: 10_000,
    what: 'the accept to stand',
  })
  await removeDockerFirewall(lab.host)
})

test('a silent upstream moves the clients, and a killed daemon leaves them there', async () => {
  const stream = await lab.client(1).startStream({ newFlows: true })
  const fault = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await stream.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 20_000 })
  await waitFor(async () => /^secondary is in use/.test(await machine.property('StatusText')), {
    deadlineMs: 5_000,
    what: 'systemd to be told',
  })
  const since = monotonicMs()
  const next = await replaced(() => machine.run('systemctl', 'kill', '--signal=KILL', unit), 20_000)
  assert.ok((await machine.journal()).some((line) => /adopt|earlier run: secondary/.test(line)))
  assert.notEqual(next, '0')
  await stayedOn(2, stream, since)
  await lab.repair(1)
  await stream.waitForWan(1, { afterMs: monotonicMs(), deadlineMs: 30_000 })
  await stream.stop()
})

test('a daemon that hangs is replaced by the watchdog, and nobody notices', async () => {
  await bothUp()
  const stream = await lab.client(1).startStream()
  const since = monotonicMs()
  await replaced(
    () => machine.run('systemctl', 'kill', '--kill-whom=main', '--signal=STOP', unit),
    45_000,
  )
  assert.ok((await machine.journal()).some((line) => /Watchdog timeout/.test(line)))
  await bothUp()
  await stayedOn(1, stream, since)
  await stream.stop()
})

test('a second install upgrades: options stay, and no packet is lost', async () => {
  const stream = await lab.client(1).startStream()
  const since = monotonicMs()
  const install = `${sources}/script/install`
  await replaced(() => machine.run(install), 20_000)
  assert.equal(await machine.run('cat', optionsFile), JSON.stringify(good))
  await bothUp()
  await stayedOn(1, stream, since)
  await stream.stop()
})

test('an upgrade that fails leaves the old version running', async () => {
  const pid = await machine.property('MainPID')
  const install = `${sources}/script/install`
  const failed = await machine.try('env', 'npm_config_cache=/tmp/empty', install)
  assert.equal(failed.code, 1)
  assert.match(failed.text, /ENOTCACHED/)
  assert.match(failed.text, /wan-failover is not installed: npm ci failed/)
  assert.equal(await machine.property('MainPID'), pid)
  assert.equal(await machine.run('ls', '-A', '/opt'), 'wan-failover')
})

test('a version that does not start is taken back, and the rules stand meanwhile', async () => {
  const stream = await lab.client(1).startStream()
  const since = monotonicMs()
  const copy = 'cp -R *.json src translations addon script LICENSE DOCS.md /var/tmp/broken'
  const spoil = "sed -i 's/^ExecStart=.*/ExecStart=false/' /var/tmp/broken/addon/*.service"
  const script = `mkdir /var/tmp/broken; cd ${sources}; ${copy}; ${spoil}`
  await machine.run('sh', '-e', '-c', script)
  const failed = await machine.try('/var/tmp/broken/script/install')
  assert.equal(failed.code, 1)
  assert.match(failed.text, /the new version does not start; its last lines:/)
  assert.match(failed.text, /the one before runs again$/m)
  await machine.run('rm', '-r', '/var/tmp/broken')
  await bothUp()
  await stayedOn(1, stream, since)
  await stream.stop()
})

test('options are taken when they are saved, without a restart', async () => {
  const pid = await machine.property('MainPID')
  const policy = { name: 'tablet', from: ['192.168.0.77'], use: ['secondary'] }
  await machine.writeFile(optionsFile, JSON.stringify({ ...good, policies: [policy] }))
  await waitFor(async () => /tablet/.test(await machine.run('wan-failover', 'status')), {
    deadlineMs: 20_000,
    everyMs: 200,
    what: 'the new policy',
  })
  await bothUp()
  assert.equal(await machine.property('MainPID'), pid)
})

test('systemctl reload does the same, on a Debian that has no kill of its own', async () => {
  assert.notEqual((await machine.try('test', '-e', '/bin/kill')).code, 0)
  const pid = await machine.property('MainPID')
  await machine.run('systemctl', 'reload', 'wan-failover')
  await bothUp()
  assert.equal(await machine.property('MainPID'), pid)
})

test('the page saves options through root’s hand, and they are in force in a moment', async () => {
  const key = /#key=(\S{43})/.exec(await machine.run('wan-failover', 'page'))?.[1] ?? ''
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const api = 'http://127.0.0.1:8099/api/options'
  const post = (path: string, body: object) =>
    fetch(`${api}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  const before = (await (await fetch(api)).json()) as OptionsPage
  assert.deepEqual([before.writable, before.where], [true, optionsFile])
  const text = await machine.run('cat', optionsFile)
  const options = { ...before.options, log_level: 'debug' }
  const saved = await post('', { options, version: before.version })
  assert.equal(saved.status, 202, await saved.text())
  assert.match(await machine.run('cat', optionsFile), /"log_level": "debug"/)
  assert.equal(await machine.run('stat', '--format=%a %U', optionsFile), '600 root')
  // The daemon begins anew with them, and its page is away for a moment.
  await waitFor(async () => (await post('/restore', {}).catch(() => null))?.status === 202, {
    deadlineMs: 10_000,
    what: 'the page to put them back',
  })
  assert.equal(await machine.run('cat', optionsFile), text)
  await bothUp()
})

test('root’s hand takes nothing from the service that the service may not read', async () => {
  const wanted = '/run/wan-failover/options.yaml.wanted'
  const written = await machine.run('cat', optionsFile)
  // Else systemd has it run too, and counts a unit that has failed.
  await machine.run('systemctl', 'stop', 'wan-failover-options-save.path')
  await machine.run('ln', '-s', '/etc/shadow', wanted)
  const taken = await machine.try('/opt/wan-failover/addon/save-options')
  assert.match(taken.text, /Permission denied/)
  assert.equal(await machine.run('cat', optionsFile), written)
  await machine.run('rm', wanted)
  await machine.run('systemctl', 'start', 'wan-failover-options-save.path')
})

test('wrong options are said by systemctl status, and the last right ones stay in force', async () => {
  await machine.writeFile(optionsFile, JSON.stringify({ ...good, natt: 'auto' }))
  const refused = await machine.try(`${sources}/script/install`)
  assert.match(refused.text, /natt.*nat/)
  assert.match(refused.text, /wan-failover is not installed: this version can't do with/)
  assert.equal(await machine.property('ActiveState'), 'active')
  const slip = 'primary is in use (primary up, secondary up); wrong option: natt: found '
  const told = async () => (await machine.property('StatusText')).startsWith(slip)
  await waitFor(told, { deadlineMs: 20_000, everyMs: 100, what: 'the slip in the status' })
  await machine.run('systemctl', 'restart', 'wan-failover')
  await waitFor(told, { deadlineMs: 20_000, everyMs: 100, what: 'the slip after a restart' })
  assert.equal(await machine.property('ActiveState'), 'active')
  const { text } = await machine.try('systemctl', '--no-pager', 'status', 'wan-failover')
  assert.match(text, /natt.*nat/)
  await machine.writeFile(optionsFile, JSON.stringify({ ...good, on_stop: 'keep' }))
  await machine.run('systemctl', 'restart', 'wan-failover')
  await bothUp()
})

test('the drop-in for L2TP has it run as root with /dev/ppp, and go on as before without it', async () => {
  const dropIn = `${dropIns}/l2tp.conf`
  const anew = async () => {
    await machine.run('systemctl', 'daemon-reload')
    await machine.run('systemctl', 'restart', 'wan-failover')
    await bothUp()
  }
  await machine.run('install', '-D', '/opt/wan-failover/addon/wan-failover-l2tp.conf', dropIn)
  await anew()
  assert.equal(await machine.property('User'), 'root')
  assert.match(await machine.property('DeviceAllow'), /\/dev\/ppp rw/)
  assert.match(await machine.run('wan-failover', 'status'), /primary/)
  assert.equal(await machine.failures(), '')
  await machine.run('rm', dropIn)
  await anew()
  assert.equal(await machine.property('DynamicUser'), 'yes')
  assert.equal(await machine.failures(), '')
})

test('systemctl stop ends it, here with its rules kept as the options say', async () => {
  await machine.run('systemctl', 'stop', 'wan-failover')
  assert.equal(await machine.property('Result'), 'success')
  assert.match(await lab.host.run('ip', 'rule'), /10900:\tfrom all lookup 100 proto 201/)
  await machine.writeFile(optionsFile, JSON.stringify(good))
  await machine.run('systemctl', 'start', 'wan-failover')
  await bothUp()
  await machine.run('systemctl', 'stop', 'wan-failover')
  assert.equal(await machine.property('Result'), 'success')
  assert.equal(await dumpHost(lab.host), untouched)
})

test('script/uninstall leaves the host as before, and the options where they are', async () => {
  await machine.run('systemctl', 'start', 'wan-failover')
  await bothUp()
  await machine.run(`${sources}/script/uninstall`)
  assert.equal(await dumpHost(lab.host), untouched)
  assert.deepEqual(await files(), [...filesBefore, ...configured].toSorted())
  assert.equal(await machine.run('cat', optionsFile), JSON.stringify(good))
  assert.equal((await machine.try('systemctl', 'status', 'wan-failover')).code, 4)
  await machine.run(`${sources}/script/uninstall`, '--purge')
  assert.deepEqual(await files(), filesBefore)
  assert.equal(await machine.failures(), '')
  assert.equal(await machine.run('systemctl', 'is-system-running'), 'running')
})

async function bothUp(): Promise<void> {
  const what = 'both WANs to be up by the status'
  const up = 'primary is in use (primary up, secondary up)'
  await waitFor(async () => (await machine.property('StatusText')) === up, {
    deadlineMs: 30_000,
    everyMs: 100,
    what,
  }).catch(async (error: unknown) => {
    throw new Error((await machine.journal()).join('\n'), { cause: error })
  })
}

/** Resolves with the process that systemd has started instead, when that says that it is ready. */
async function replaced(work: () => Promise<unknown>, deadlineMs: number): Promise<string> {
  const before = await machine.property('MainPID')
  await work()
  return await waitFor(
    async () => {
      const now = await machine.property('MainPID')
      return now !== before && (await machine.property('ActiveState')) === 'active' ? now : null
    },
    { deadlineMs, everyMs: 100, what: 'another process to be active' },
  )
}

/** Every packet since then was answered, and went by this WAN. */
async function stayedOn(wan: 1 | 2, stream: EchoStream, sinceMs: number): Promise<void> {
  const last = await stream.waitForWan(wan, { afterMs: monotonicMs(), deadlineMs: 5_000 })
  const ways = new Set(stream.between(sinceMs, last.sentMs).map(({ answer }) => answer?.wan))
  assert.deepEqual([...ways], [wan])
  assert.equal(stream.lostBetween(sinceMs, last.sentMs), 0)
}

/** What is there where nobody but the administrator, or we, put files. */
async function files(): Promise<string[]> {
  const places = ['/opt', '/usr/local', '/root', '/home', '/srv', '/var/lib/private', '/var/tmp']
  const found = await machine.run('find', ...places, '-xdev')
  const named = await machine.run('find', '/etc', '/var/lib', '/run', '-name', '*wan-failover*')
  const within = await machine.run('find', '/etc/systemd')
  const lines = [found, named, within].flatMap((text) => text.split('\n'))
  return [...new Set(lines.filter((line) => line !== ''))].toSorted()
}
