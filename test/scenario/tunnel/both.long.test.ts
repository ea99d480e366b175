/**
 * A tunnel on two lines at once, to a real server behind NATs: what one line loses, the other brings.
 * Here is what takes longest.
 */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { BothHouse } from '../../lab/house/both-house.ts'
import { ServerLab } from '../../server/lab/server-lab.ts'

const skip = skipWithout('wg', 'wireguard-go', 'nft', tunDevice)

describe('a tunnel on two lines at once', { skip }, () => {
  test('30 % loss on both lines becomes their product', async (t) => {
    await using lab = await ServerLab.open()
    await using house = await BothHouse.open(lab)
    for (const line of [1, 2]) {
      await lab.internet.nft(`table ip loss-${line} {
        chain c {
          type filter hook prerouting priority -300
          iifname "home-${line}" numgen random mod 100 < 30 drop
        }
      }`)
    }
    const { lost } = await house.ping(1_000)
    t.diagnostic(`lost ${lost / 10} %`)
    assert.ok(lost <= 130, `${lost} of 1,000`)
  })

  test('leaves nothing behind when it is stopped', async () => {
    await using lab = await ServerLab.open()
    const house = await BothHouse.open(lab)
    const seen = () => house.node.script('nft list tables; ip -o link; ip rule')
    assert.match(await seen(), /wan_failover_tunnels/)
    await house.stop()
    assert.doesNotMatch(await seen(), /wan_failover|wf-|proto 201/)
    house.folder.remove()
  })
})
