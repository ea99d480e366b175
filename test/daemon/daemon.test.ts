/** What is asked of the daemon itself; how it decides and acts is tried in the simulation. */
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Daemon } from '../../src/daemon/daemon.ts'
import { EventQueue } from '../../src/daemon/event-queue.ts'
import type { Kernel } from '../../src/kernel/port.ts'
import type { HostState } from '../../src/model/host.ts'
import type { Settings } from '../../src/model/settings/settings.ts'
import { exampleSettings } from '../examples/example-settings.ts'
import { FakeKernel } from '../fakes/fake-kernel.ts'
import { MemoryInMemory } from '../fakes/memory-in-memory.ts'
import { RecordedAudience } from '../fakes/recorded-audience.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'
import { silentProber } from '../fakes/silent-prober.ts'
import { VirtualClock } from '../fakes/virtual-clock.ts'

describe('the loop', () => {
  let clock: VirtualClock
  let kernel: FakeKernel
  let goOn: (() => void) | null
  let hanging: boolean
  let queue: EventQueue
  let memory: MemoryInMemory
  let audience: RecordedAudience
  let daemon: Daemon

  beforeEach(() => {
    clock = new VirtualClock()
    kernel = new FakeKernel()
    kernel.addLink('eth0')
    kernel.addAddress('eth0', '192.168.0.3/24')
    hanging = false
    goOn = null
    queue = new EventQueue(clock)
    memory = new MemoryInMemory()
    audience = new RecordedAudience()
    daemon = daemonFor(exampleSettings({ wans: [] }))
  })

  function daemonFor(settings: Settings): Daemon {
    const ports = { clock, kernel: hangable(kernel), prober: silentProber, audience, memory, queue }
    return new Daemon({
      ...{ settings, concerns: [], version: 'tested', log: new RecordedLog() },
      ...ports,
    })
  }

  function hangable(real: FakeKernel): Kernel {
    return new Proxy(real, {
      get(target, name) {
        if (name === 'read') return read
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }

  async function read(): Promise<HostState> {
    if (hanging) {
      await new Promise<void>((resolve) => {
        goOn = resolve
      })
    }
    return kernel.read()
  }

  test('is alive at rest, though nothing happens and it only observes', async () => {
    const running = daemon.run()
    for (let second = 1; second <= 600; second++) {
      await clock.advanceTo(second * 1_000)
      assert.equal(daemon.loopIsAlive(), true, `after ${second} s`)
    }
    queue.push({ kind: 'stop' })
    await clock.advanceTo(601_000)
    await running
  })

  test('that hangs in the kernel is not alive, until it goes on', async () => {
    const running = daemon.run()
    await clock.advanceTo(60_000)
    hanging = true
    await clock.advanceTo(95_000)
    assert.notEqual(goOn, null)
    assert.equal(daemon.loopIsAlive(), true)
    await clock.advanceTo(180_000)
    assert.equal(daemon.loopIsAlive(), false)
    hanging = false
    goOn?.()
    await clock.advanceTo(181_000)
    assert.equal(daemon.loopIsAlive(), true)
    queue.push({ kind: 'stop' })
    await clock.advanceTo(182_000)
    await running
  })

  test('ends where it is told to stop while it starts, and leaves nothing behind', async () => {
    const before = await kernel.read()
    let ended = false
    const running = daemon.run().then(() => {
      ended = true
    })
    queue.push({ kind: 'stop' })
    await clock.advanceTo(60_000)
    assert.equal(ended, true)
    await running
    assert.deepEqual(await kernel.read(), before)
  })

  test('begins as soon as the host can be read, and is alive until then', async () => {
    kernel.readError = new Error('ip did not answer within 2000 ms')
    const running = daemon.run()
    for (let second = 1; second <= 120; second++) {
      await clock.advanceTo(second * 1_000)
      assert.equal(daemon.loopIsAlive(), true, `after ${second} s`)
    }
    assert.equal(daemon.view(), null)
    kernel.readError = null
    await clock.advanceTo(123_000)
    assert.notEqual(daemon.view(), null)
    queue.push({ kind: 'stop' })
    await clock.advanceTo(124_000)
    await running
  })

  test('ends where it is told to stop before the host could be read', async () => {
    kernel.readError = new Error('ip did not answer within 2000 ms')
    const running = daemon.run()
    await clock.advanceTo(10_000)
    queue.push({ kind: 'stop', leave: 'standing' })
    await clock.advanceTo(11_000)
    await running
    assert.equal(daemon.view(), null)
  })

  for (const [moment, leave] of [
    ['ends', 'clean'],
    ['begins anew', 'standing'],
  ] as const) {
    test(`that ${moment} remembers what it is told at that moment`, async () => {
      daemon = daemonFor(exampleSettings())
      const running = daemon.run()
      await clock.advanceTo(1_000)
      queue.push({ kind: 'stop', leave })
      queue.push({ kind: 'command', command: { kind: 'set_mode', mode: 'secondary' } })
      await clock.advanceTo(2_000)
      await running
      assert.equal(memory.load().mode, 'secondary')
    })
  }

  test('that ends remembers the last of many commands, due or not', async () => {
    daemon = daemonFor(exampleSettings())
    const running = daemon.run()
    for (let nth = 0; nth < 40; nth += 1) {
      const mode = nth % 2 === 0 ? 'secondary' : 'primary'
      queue.push({ kind: 'command', command: { kind: 'set_mode', mode } })
      await clock.advanceTo(1_000 + nth)
    }
    audience.onClose = () => {
      queue.push({ kind: 'command', command: { kind: 'set_mode', mode: 'secondary' } })
    }
    queue.push({ kind: 'stop' })
    await clock.advanceTo(2_000)
    await running
    assert.equal(memory.load().mode, 'secondary')
  })

  test('has a view of the host from its first turn on', async () => {
    assert.equal(daemon.view(), null)
    const running = daemon.run()
    await clock.advanceTo(1_000)
    const view = daemon.view()
    assert.deepEqual(view?.observing, ['the options name no WAN'])
    assert.ok(view?.host.links.some(({ name }) => name === 'eth0'))
    queue.push({ kind: 'stop' })
    await clock.advanceTo(2_000)
    await running
  })
})
