/**
 * The add-on's AppArmor profile against what the daemon and its helpers really do, from the start
 * over a failover to the stop, as strace saw it: not every kernel here can enforce a profile.
 */
import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { probeMethods } from '../../src/model/probe.ts'
import { removeDockerFirewall, startDockerFirewall } from '../lab/host/docker-firewall.ts'
import { skipWithout } from '../lab/host/requirements.ts'
import { breakLine } from '../lab/house/break-line.ts'
import { DaemonProcess } from '../lab/house/daemon-process.ts'
import { House } from '../lab/house/house.ts'
import { AppArmorProfile } from './apparmor-profile.ts'
import { readTrace, type TraceEvent, tracedCalls } from './strace-events.ts'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const launcher = join(root, 'addon/wan-failover')
const skip = skipWithout('strace', 'setpriv', 'apparmor_parser', 'iptables', 'keepalived')

/** All the rest of root's are taken away, as the profile does. */
const onlyTwo = ['setpriv', '--bounding-set', '-all,+net_admin,+net_raw']

function traced(prefix: string): string[] {
  // As the parent strace would keep TERM from the daemon, so it is its grandchild (-D).
  const strace = ['strace', '-D', '-ff', '-qq', '-y', '-s', '4096', '--seccomp-bpf']
  return [...onlyTwo, ...strace, '-e', `trace=${tracedCalls}`, '-o', prefix]
}

/** The parts of the image that have other places here. */
function inImage(path: string, dataFolder: string): string {
  const places = [
    [realpathSync(process.execPath), '/usr/local/bin/node'],
    [dataFolder, '/data'],
    [root, '/app'],
    [process.env['RUNTIME_DIRECTORY'] ?? '/run/wan-failover', '/run/wan-failover'],
  ] as const
  const place = places.find(([here]) => path === here || path.startsWith(`${here}/`))
  return place === undefined ? path : place[1] + path.slice(place[0].length)
}

async function life(prefix: string): Promise<readonly TraceEvent[]> {
  const options = { probe: { methods: probeMethods }, pair: { address: '192.168.0.5/24' } }
  await using house = await House.open({
    ...{ topology: 'one-subnet', ipv6: true, withDaemon: false },
    options,
  })
  const { folder, lab, mqtt } = house
  await startDockerFirewall(lab.host, {
    bridge: 'br-lab',
    subnet: '172.18.0.0/16',
    published: { address: '172.18.0.2', port: 80 },
  })
  // A name has to be looked up, in files and at resolvers.
  const written: object = JSON.parse(readFileSync(folder.optionsPath, 'utf8'))
  folder.write({ ...written, mqtt: { host: 'localhost', port: mqtt.port } })
  rmSync(join(folder.path, 'compile-cache'), { recursive: true, force: true })
  const instead = ['sh', '-c', 'shift 2; exec "$0" "$@"', launcher]
  house.daemon = new DaemonProcess(folder, { wrapper: [...traced(prefix), ...instead] })
  await house.waitUntilUp()
  for (const path of ['', 'api/state', 'api/history?from=0&to=3600000', 'api/setup', 'metrics']) {
    await fetch(`http://127.0.0.1:8099/${path}`)
  }
  const [command = '', ...args] = [...traced(prefix), launcher, 'health']
  await promisify(execFile)(command, args, { timeout: 30_000 })
  await breakLine(house, { wan: 1, kind: 'upstream-silent' }, { deadlineMs: 30_000 })
  assert.equal(await house.daemon.stop(), 0)
  await removeDockerFirewall(lab.host)
  assert.doesNotMatch(house.daemon.lines.join('\n'), /ERROR/)
  return readTrace(prefix).map((event) =>
    event.kind === 'file' ? { ...event, path: inImage(event.path, folder.path) } : event,
  )
}

describe('the AppArmor profile, beside a trace of the daemon', { skip }, () => {
  const profile = skip === false ? AppArmorProfile.read(join(root, 'apparmor.txt')) : null
  const scratch = mkdtempSync(join(tmpdir(), 'wan-failover-trace-'))
  let events: readonly TraceEvent[] = []

  before(async () => {
    events = await life(join(scratch, 'trace'))
  })
  after(() => rmSync(scratch, { recursive: true }))

  test('the trace has seen what there is to allow', () => {
    const seen = new Set(events.map(print))
    for (const expected of [
      ...['x /usr/local/bin/node', 'x /app/addon/wan-failover', 'x /usr/bin/dash'],
      ...['x /usr/sbin/nft', 'x /usr/sbin/conntrack', 'x /usr/sbin/xtables-nft-multi'],
      ...['x /usr/sbin/keepalived', 'x /usr/bin/setpriv', 'x /usr/bin/sleep'],
      ...['r /app/src/main.ts', 'w /data/history.db', 'k /data/history.db'],
      ...['r /etc/hosts', 'socket packet dgram', 'socket inet raw', 'signal kill'],
    ]) {
      assert.ok(seen.has(expected), `${expected} is not in the trace`)
    }
  })

  test('allows everything that the daemon and its helpers did', () => {
    const refused = events.filter((event) => !isAllowed(event)).map(print)
    assert.deepEqual(refused.toSorted(), [])
  })

  test('names no socket that any program on the host could take or offer', () => {
    const rules = readFileSync(join(root, 'apparmor.txt'), 'utf8').match(/^ *unix\b.*$/gm) ?? []
    assert.ok(rules.length > 0)
    for (const rule of rules) assert.match(rule, /addr=none/)
  })

  test('gives the capabilities with which the daemon did it, and no other', () => {
    assert.deepEqual(profile?.capabilities, ['net_admin', 'net_raw'])
  })

  function isAllowed(event: TraceEvent): boolean {
    switch (event.kind) {
      case 'file':
        return profile?.allowsFile(event.path, event.permission) === true
      case 'socket':
        return profile?.allowsSocket(event.socket) === true
      case 'signal':
        return profile?.allowsSending(event.signal) === true
    }
  }
})

function print(event: TraceEvent): string {
  switch (event.kind) {
    case 'file':
      return `${event.permission} ${event.path}`
    case 'socket':
      return `socket ${event.socket}`
    case 'signal':
      return `signal ${event.signal}`
  }
}
