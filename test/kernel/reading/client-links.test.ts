import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createKernel } from '../../../src/kernel/linux-kernel.ts'
import { clientLinks } from '../../../src/kernel/reading/client-links.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { ip } from '../real-host.ts'

test('clients may be on Ethernet, and on no bridge that has only virtual ends', async () => {
  for (const line of [
    'link add eth0 type veth peer name cable',
    // As a VLAN, which not every kernel has, it lies on another link.
    'link add link eth0 name eth0.20 type macvlan',
    'link add br-lan type bridge',
    'link set eth0.20 master br-lan',
    'link add br-1234567890ab type bridge',
    'link add veth1 type veth peer name inside',
    'link set veth1 master br-1234567890ab',
    'link add empty0 type bridge',
    'tuntap add tun0 mode tun',
  ]) {
    ip(line)
  }
  const kernel = await createKernel({ log: new RecordedLog() })
  const { links } = await kernel.read()
  await kernel.close()
  const found = clientLinks(links)
  for (const link of ['eth0', 'eth0.20', 'br-lan']) assert.ok(found.includes(link), link)
  for (const link of ['lo', 'br-1234567890ab', 'empty0', 'tun0']) {
    assert.ok(!found.includes(link), link)
  }
  const [eth0] = links.filter(({ name }) => name === 'eth0')
  assert.ok(eth0 !== undefined)
  assert.deepEqual(clientLinks([{ ...eth0, name: 'gone0' }]), [])
})
