import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { DaemonProcess } from '../../lab/house/daemon-process.ts'
import { House } from '../../lab/house/house.ts'
import { waitFor } from '../../wait-for.ts'
import { testIpv6ClientsIn } from './test-ipv6-clients-in.ts'

test('without its broker it fails over all the same, and tells once the broker is back', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const { lab, mqtt } = house
  const stream = await lab.client(1).startStream()
  await mqtt.goAway()
  const fault = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await stream.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 20_000 })
  await mqtt.comeBack()
  await mqtt.waitForState(({ active }) => active === 'secondary', {
    deadlineMs: 60_000,
    what: 'the state to be told',
  })
  await stream.stop()
})

testIpv6ClientsIn({
  topology: 'one-subnet',
  wans: [{ gateway6: '2001:db8:1::1' }, { gateway6: '2001:db8:2::1' }],
})

test('a daemon whose loop fails ends with 1, and its rules stand for the next start', async () => {
  await using house = await House.open({ topology: 'one-subnet', withDaemon: false })
  const saboteur = join(house.folder.path, 'saboteur.mjs')
  writeFileSync(saboteur, brokenClock)
  const order = join(house.folder.path, 'break-the-clock')
  const environment = { NODE_OPTIONS: `--import=${saboteur}`, BREAK_THE_CLOCK: order }
  const daemon = new DaemonProcess(house.folder, { environment })
  const rules = () => house.lab.host.run('ip', 'rule', 'show', 'pref', '10900')
  await waitFor(async () => /lookup 100/.test(await rules()), {
    deadlineMs: 20_000,
    what: 'the rules to stand',
  })
  writeFileSync(order, '')
  assert.equal(await daemon.ended(20_000), 1)
  assert.match(daemon.lines.join('\n'), /broken on purpose/)
  assert.match(await rules(), /lookup 100/)
  house.startAgain()
  await house.waitUntilUp()
})

/** The loop's own clock throws once it is told to. */
const brokenClock = `
import { existsSync } from 'node:fs'
const now = performance.now.bind(performance)
performance.now = () => {
  const isOrdered = existsSync(process.env.BREAK_THE_CLOCK)
  const inLoop = isOrdered && new Error().stack.includes('daemon/daemon.ts')
  if (inLoop) throw new Error('broken on purpose')
  return now()
}
`
