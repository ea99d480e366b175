/** A host that has little memory, or programs that take away what they don't know. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { dumpHost } from '../../lab/host/dump.ts'
import { House } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { MachineLag } from '../../machine-lag.ts'
import { waitFor } from '../../wait-for.ts'

const within = { deadlineMs: 30_000 } as const
const limitBytes = 150 * 1024 * 1024
const lag = new MachineLag()

const controls = [
  { type: 'cgroup', options: ['-o', 'memory'], limit: 'memory.limit_in_bytes' },
  { type: 'cgroup2', options: [], limit: 'memory.max' },
] as const

/** A memory limit of the kernel's, where this machine lets us set one. */
class MemoryLimit {
  /** A command that starts the words behind it within the limit. */
  readonly wrapper: readonly string[]
  readonly #mount = mkdtempSync(join(tmpdir(), 'wan-failover-limit-'))
  readonly #group = join(this.#mount, `wan-failover-${Date.now()}`)
  readonly #isSet: boolean

  constructor() {
    this.#isSet = controls.some((control) => this.#set(control))
    const enter = this.#isSet ? `echo $$ >${this.#group}/cgroup.procs && exec "$@"` : 'exec "$@"'
    this.wrapper = ['sh', '-c', enter, 'sh']
  }

  /** Whether the kernel had to end a process. */
  get hasKilled(): boolean {
    const told = ['memory.events', 'memory.oom_control'].map((name) => join(this.#group, name))
    return told.some(
      (path) => existsSync(path) && /oom_kill [1-9]/.test(readFileSync(path, 'utf8')),
    )
  }

  [Symbol.dispose](): void {
    if (this.#isSet) {
      rmdirSync(this.#group)
      execFileSync('umount', [this.#mount])
    }
    rmdirSync(this.#mount)
  }

  /** Only one of the two kinds of control groups has the memory. */
  #set({ type, options, limit }: (typeof controls)[number]): boolean {
    try {
      execFileSync('mount', ['-t', type, ...options, 'none', this.#mount], { stdio: 'ignore' })
    } catch {
      return false
    }
    try {
      mkdirSync(this.#group)
      writeFileSync(join(this.#group, limit), String(limitBytes))
      return true
    } catch {
      if (existsSync(this.#group)) rmdirSync(this.#group)
      execFileSync('umount', [this.#mount])
      return false
    }
  }
}

/** The most memory that it has ever held. */
function peakBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}

/** What it has computed so far. */
function cpuMs(pid: number): number {
  const [, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
  const [user = 0, system = 0] = fields.join(') ').split(' ').slice(11, 13).map(Number)
  return (user + system) * 10
}

/** In which order nft lists the chains of a table means nothing. */
async function standing(host: LabNode): Promise<string> {
  return (await dumpHost(host)).split('\n').sort().join('\n')
}

test('with 150 MB of memory it starts, and fails over while 1,000 routes change a second', async () => {
  using memory = new MemoryLimit()
  await using house = await House.open({
    topology: 'one-subnet',
    circumstances: { wrapper: memory.wrapper },
  })
  const { lab, daemon } = house
  const stream = await lab.client(1).startStream({ newFlows: true })
  const change = ['route replace 10.99.0.0/24 dev lo', 'route delete 10.99.0.0/24 dev lo']
  const batch = Array.from({ length: 50 }, () => change.join('\\n')).join('\\n')
  const lines = `while :; do printf '${batch}\\n'; sleep 0.1; done | ip -batch -`
  const changing = lab.host.spawn('sh', ['-c', lines], { stdio: 'ignore' })
  const fault = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await stream.waitForWan(2, { afterMs: fault.beforeMs, ...within })
  const repair = await lab.repair(1)
  await stream.waitForWan(1, { afterMs: repair.beforeMs, ...within })
  changing.kill()
  await stream.stop()
  assert.ok(daemon.running && !memory.hasKilled, 'the kernel ends nothing of it')
  const peak = peakBytes(daemon.pid)
  assert.ok(peak > 0 && peak < limitBytes, `${Math.round(peak / 1024 / 1024)} MB at most`)
})

test('a tool that deletes each second is answered within one, ten times, and named once', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const { lab, daemon } = house
  const { host } = lab
  const isThere = async () => (await host.run('ip', 'rule', 'show', 'pref', '10900')).trim() !== ''
  const [beganMs, cpuBeforeMs] = [monotonicMs(), cpuMs(daemon.pid)]
  daemon.lines.length = 0
  for (let stroke = 1; stroke <= 10; stroke += 1) {
    await host.ip(['rule del pref 10900'])
    const sinceMs = monotonicMs()
    await waitFor(isThere, { ...within, what: `the rule, for the ${stroke}th time`, everyMs: 20 })
    const nowMs = monotonicMs()
    const tookMs = nowMs - sinceMs
    assert.ok(tookMs < 1_000 + lag.allowanceMs(sinceMs, nowMs), `${Math.round(tookMs)} ms`)
    const nextMs = sinceMs + 1_000
    await waitFor(() => monotonicMs() >= nextMs, { ...within, what: 'the next second' })
  }
  await host.ip(['rule del pref 10900'])
  await daemon.waitForLine(/keeps deleting rule 10900/, within)
  const said = daemon.lines.filter((line) => line.includes('rule 10900'))
  assert.ok(said.length <= 13, `${said.length} lines`)
  assert.equal(said.filter((line) => line.includes('keeps deleting')).length, 1)
  const share = (cpuMs(daemon.pid) - cpuBeforeMs) / (monotonicMs() - beganMs)
  assert.ok(share < 0.5, `${Math.round(100 * share)} percent of a processor`)
})

test('a manager that prunes all rules and routes of others gets them back, and costs no client', async () => {
  await using house = await House.open({ topology: 'two-interfaces' })
  const { lab, mqtt } = house
  const { host } = lab
  const before = await standing(host)
  const stream = await lab.client(1).startStream()
  for (let round = 1; round <= 3; round += 1) {
    const prunedMs = monotonicMs()
    // As systemd-networkd does with rules and routes that it has not made itself.
    await host.script(
      'for family in -4 -6; do ip $family rule flush protocol 201; ' +
        'ip $family route flush table all protocol 201 || :; done',
    )
    await waitFor(async () => (await standing(host)) === before, {
      ...within,
      what: `all to be back, for the ${round}th time`,
    })
    const nowMs = monotonicMs()
    const tookMs = nowMs - prunedMs
    assert.ok(tookMs < 2_000 + lag.allowanceMs(prunedMs, nowMs), `${Math.round(tookMs)} ms`)
    const last = await stream.waitForWan(1, { afterMs: monotonicMs(), ...within })
    const gap = stream.longestGapMs(prunedMs, last.answer.atMs)
    const allowed = 1_000 + lag.allowanceMs(prunedMs, last.answer.atMs)
    assert.ok(gap < allowed, `nothing came for ${Math.round(gap)} ms`)
  }
  assert.deepEqual(
    mqtt.events.map(({ event_type }) => event_type),
    [],
  )
  await stream.stop()
})
