import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { announcePrefixes } from '../../lab/network/announce-prefixes.ts'
import { waitFor } from '../../wait-for.ts'
import { openHouse, waitForIpv6 } from './two-router-house.ts'

test('a router that says nothing leaves its IPv6 in doubt, and one whose network this host is not in is not used', async () => {
  await using house = await openHouse()
  const { lab, folder } = house
  const checked = async () => (await folder.command('check')).out
  // It gives the routers a second, in which a busy machine may hear none.
  const checkSays = (what: string, fits: (out: string) => boolean) =>
    waitFor(async () => fits(await checked()), { deadlineMs: 30_000, what })
  assert.match(await checked(), /HINT +secondary has no IPv6: none of the IPv6 routers of eth0 /)

  await announcePrefixes(lab)
  await waitForIpv6(house, 'primary', 'up')
  await waitForIpv6(house, 'secondary', 'up')
  await checkSays('no hint', (out) => !/HINT.*IPv6/.test(out))

  const own = `${lab.wan(2).hostAddress6}/64 dev eth0`
  await lab.host.ip([`address delete ${own}`])
  const { wans } = await waitForIpv6(house, 'secondary', 'down')
  const why =
    /eth0 has no address \(yet\) in 2001:db8:2::\/64, the only network that the router fe80::2/
  assert.match(wans['secondary']?.ipv6?.reason ?? '', why)
  const hint = new RegExp(`HINT +secondary has no IPv6: ${why.source}`)
  await checkSays('why it has none', (out) => hint.test(out))
  await lab.host.ip([`address add ${own} nodad`])
  await waitForIpv6(house, 'secondary', 'up')
})
