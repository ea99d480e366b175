/** Connections that begin on the Internet reach a device by the tunnel's address, and outlive a line. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { houseAddress } from '../../lab/host/tunnel-server.ts'
import { TunnelHouse } from '../../lab/house/tunnel-house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { TcpClient } from '../../lab/measure/tcp-client.ts'
import { ports } from '../../lab/network/plan.ts'
import { waitFor } from '../../wait-for.ts'

/** Echoes, and says who has come. */
const device = `
  require('node:net').createServer((socket) => {
    console.log(socket.remoteAddress)
    socket.on('error', () => undefined).pipe(socket)
  }).listen(${ports.tcpEcho}, '0.0.0.0', () => console.log('ready'))
`

describe('a forwarded port', { skip: skipWithout('wg', 'wireguard-go', tunDevice) }, () => {
  test('reaches its device by any line, with the true sender, and nothing else does', async () => {
    const to = '192.168.0.100'
    await using house = await TunnelHouse.open({
      options: {
        forwards: [
          { tunnel: 'home_ip', port: ports.tcpEcho, to },
          { tunnel: 'home_ip', port: 4_444, to: '192.168.77.7' },
        ],
      },
    })
    const { lab, server } = house
    let said = ''
    const child = lab.client(1).spawn(process.execPath, ['--eval', device])
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    await waitFor(() => said.includes('ready'), { deadlineMs: 10_000, what: 'the device' })
    const outside = await TcpClient.start(lab.internet, { target: houseAddress, kind: 'sending' })
    assert.match(said, new RegExp(`^(::ffff:)?${server.inside}$`, 'm'))
    await lab.fault({ wan: 1, kind: 'upstream-silent' })
    await house.waitForLine(2)
    await outside.waitForData({ afterMs: monotonicMs(), deadlineMs: 15_000 })
    await lab.repair(1)
    await house.waitForLine(1)
    await outside.waitForData({ afterMs: monotonicMs(), deadlineMs: 15_000 })
    assert.deepEqual(outside.breaksAfter(0), [])
    const asking = `
      const socket = require('node:net').connect(${ports.tcpTicks}, '${houseAddress}')
      socket.setTimeout(1500, () => { console.log('silence'); process.exit() })
      socket.on('connect', () => { console.log('connected'); process.exit() })
      socket.on('error', (error) => { console.log(error.code); process.exit() })
    `
    const other = await lab.internet.run(process.execPath, '--eval', asking)
    assert.equal(other.trim(), 'silence')
    const nowhere = String.raw`forwards\[1\] \(to 192\.168\.77\.7\): this machine has no such network`
    const checked = await house.folder.command('check')
    assert.equal(checked.code, 0, checked.out)
    assert.match(checked.out, new RegExp(`^HINT {3}${nowhere}`, 'm'))
    await house.daemon.waitForLine(new RegExp(`WARN: ${nowhere}`), { deadlineMs: 60_000 })
    const isShown = ({ problems }: { readonly problems: readonly string[] }) =>
      problems.some((problem) => new RegExp(nowhere).test(problem))
    await house.mqtt.waitForState(isShown, { deadlineMs: 10_000, what: 'the problem is shown' })
  })
})
