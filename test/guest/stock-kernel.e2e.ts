/** The guest itself: whose kernel it is, what that has, and what a pulled plug does to its disk. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Guest } from './guest.ts'

const guest = await Guest.boot()
after(() => guest.close())

test('it is Debian’s own kernel, with AppArmor, WireGuard, conntrack and PPP', async () => {
  assert.match(await guest.run('uname', '-v'), /Debian/)
  assert.equal(await guest.run('cat', '/sys/module/apparmor/parameters/enabled'), 'Y')
  await guest.script('modprobe -a wireguard nf_conntrack ppp_generic')
})

test('a plug that is pulled loses what was not on the disk, and nothing else', async () => {
  await guest.script('echo safe >/root/safe; sync; echo lost >/root/lost')
  await guest.cutPower()
  await guest.waitUntilUp()
  assert.equal(await guest.run('ls', '/root'), 'safe')
})
