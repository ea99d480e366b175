import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { Senders, testMeteredBackupIn } from './test-metered-backup-in.ts'

testMeteredBackupIn('one-subnet')

test('devices by address, by MAC, by target and port each have their WAN; no Internet is none', async () => {
  await using house = await House.open({
    topology: 'two-interfaces',
    options: {
      policies: [
        { name: 'by_mac', from: ['02:00:00:00:01:50'], use: ['secondary'] },
        { name: 'barred', from: ['192.168.0.100'], to: ['9.9.9.9/32'], use: ['none'] },
        { name: 'own', from: ['host'], to: ['203.0.113.0/24'], use: ['secondary', 'primary'] },
      ],
    },
  })
  const { lab, mqtt } = house
  const senders = await Senders.start({
    first: lab.client(1),
    second: lab.client(2),
    host: lab.host,
  })
  assert.deepEqual(await senders.ways(), { first: 1, second: 2, host: 2 })
  await lab.client(1).run('ping', '-c', '1', '-W', '1', '1.1.1.1')
  await assert.rejects(lab.client(1).run('ping', '-c', '1', '-W', '1', '9.9.9.9'))

  await mqtt.publish('policy/own/set', 'primary')
  await senders.of('host').waitForWan(1, { afterMs: monotonicMs(), deadlineMs: 5_000 })
  assert.deepEqual(await senders.ways(), { first: 1, second: 2, host: 1 })
  await mqtt.publish('policy/own/set', 'automatic')
  await senders.of('host').waitForWan(2, { afterMs: monotonicMs(), deadlineMs: 5_000 })
  await senders.stop()
})

test('a failover test for one device moves this one only, and back', async () => {
  await using house = await House.open({
    topology: 'one-subnet',
    options: { test_failover: { minutes: 10, devices: ['192.168.0.150'] } },
  })
  const { lab, mqtt } = house
  const senders = await Senders.start({ other: lab.client(1), tested: lab.client(2) })
  assert.deepEqual(await senders.ways(), { other: 1, tested: 1 })
  await mqtt.publish('test_failover/set', 'ON')
  await senders.of('tested').waitForWan(2, { afterMs: monotonicMs(), deadlineMs: 5_000 })
  assert.deepEqual(await senders.ways(), { other: 1, tested: 2 })
  await mqtt.publish('test_failover/set', 'OFF')
  await senders.of('tested').waitForWan(1, { afterMs: monotonicMs(), deadlineMs: 5_000 })
  await senders.stop()
  const strays = senders
    .of('other')
    .samples()
    .filter(({ answer }) => answer?.wan === 2)
  assert.deepEqual(strays, [])
})
