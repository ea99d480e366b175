/** A tunnel in which nobody answers: the user hears why, the house goes on without it, and it comes back. */
import '../../lab/enter-namespace.ts'
import { describe, test } from 'node:test'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { TunnelHouse } from '../../lab/house/tunnel-house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { isBack, reason } from './reason.ts'

const options = { default_policy: { use: ['home_ip', 'primary', 'secondary'] } }
const skip = skipWithout('wg', 'wireguard-go', tunDevice)

describe('a tunnel without an answer has a reason within 10 s', { skip }, () => {
  test('a wrong key: the server answers a ping, but there is no handshake', async () => {
    await using house = await TunnelHouse.open({ options })
    const secret = (await house.lab.host.run('wg', 'genkey')).trim()
    await house.startWith({ private_key: secret })
    const line = await house.daemon.waitForLine(/its public key is/, { deadlineMs: 40_000 })
    await reason(house, {
      expected:
        /203\.0\.113\.1:51820 answers a ping by primary, but .* no handshake with it: key\?/,
      sinceMs: monotonicMs(),
    })
    await house.server.admit(line.split('its public key is ')[1] ?? '')
    await isBack(house)
  })
})
