/**
 * A house that keeps its address by a tunnel, as an add-on: WireGuard is the stock kernel's own, the
 * profile is enforced, and nothing of the work is denied.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { denials, layOutAddOn } from './add-on.ts'
import { Guest } from './guest.ts'
import { TunnelSteps } from './tunnel-steps.ts'

let guest: Guest
let house: TunnelSteps
const step = (...words: readonly string[]): Promise<string> => house.step(...words)

describe('an add-on that keeps its address by the kernel’s WireGuard', () => {
  before(async () => {
    guest = await Guest.boot()
    house = new TunnelSteps(guest, 'wireguard')
    await layOutAddOn(guest)
    await step('up')
    await guest.run('dmesg', '--clear')
    await step('start_confined_daemon')
    await step('by_line', '1')
    // Until then a gateway that dies could be their doing.
    await step('says', 'the new options stay in force')
  })
  after(() => guest.close())

  test('keeps connections either way when the line below dies, and when it is back', async (t) => {
    await step('stream', 'outward')
    await step('stream', 'inward')
    assert.equal(await step('guests'), '10.77.0.1')
    t.diagnostic(await house.changeLine())
  })

  test('goes on by its line with a killed daemon, and the next one adopts it', async () => {
    await step('kill_daemon')
    await house.goOn()
    await step('start_confined_daemon')
    await step('says', 'found the rules of an earlier run')
    await house.changeLine()
  })

  test('says that the server is dead, and is back with it', async () => {
    await step('stop_server')
    await step('says', 'home_ip.*(works, but|no handshake|is down)')
    await step('start_server')
    await house.goOn()
  })

  test('leaves nothing when it is stopped', async () => {
    await step('stop_daemon')
    assert.doesNotMatch(await step('traces'), /wf-|proto 201|wan_failover/)
  })

  test('was denied nothing', async () => {
    assert.deepEqual(await denials(guest), [])
  })
})
