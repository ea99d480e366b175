/** The lab on Debian's stock kernel: its own WireGuard, conntrack and point-to-point lines. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Guest } from './guest.ts'

const guest = await Guest.boot()
after(() => guest.close())

const scenarios = [
  ['WireGuard of the kernel', 'test/scenario/tunnel/roaming.test.ts'],
  ['conntrack of the kernel', 'test/scenario/lines/failover.test.ts'],
  ['lines without a gateway', 'test/scenario/lines/lines-without-gateway.test.ts'],
] as const

test('it is Debian’s own kernel, and enforces AppArmor', async () => {
  assert.match(await guest.run('uname', '-v'), /Debian/)
  assert.equal(await guest.run('cat', '/sys/module/apparmor/parameters/enabled'), 'Y')
  await guest.script('modprobe -a wireguard nf_conntrack ppp_generic')
  assert.equal((await guest.try('sh', '-c', 'command -v wireguard-go')).code, 127)
})

test('a plug that is pulled loses what was not on the disk, and nothing else', async () => {
  await guest.script('echo safe >/root/safe; sync; echo lost >/root/lost')
  await guest.cutPower()
  await guest.waitUntilUp()
  assert.equal(await guest.run('ls', '/root'), 'safe')
  await guest.script('modprobe -a wireguard nf_conntrack ppp_generic')
})

for (const [what, file] of scenarios) {
  test(`${what}: ${file}`, async () => {
    const { code, text } = await guest.testFiles(file)
    assert.equal(code, 0, text)
    assert.match(text, /^ℹ skipped 0$/m)
  })
}
