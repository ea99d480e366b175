/**
 * Document 000's provider: the house's own address by L2TP, with Debian's stock kernel, which has PPP,
 * and the xl2tpd and pppd that providers run.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Guest } from './guest.ts'
import { TunnelSteps } from './tunnel-steps.ts'

let guest: Guest
let house: TunnelSteps
const step = (...words: readonly string[]): Promise<string> => house.step(...words)

describe('a house that keeps its address by L2TP', () => {
  before(async () => {
    guest = await Guest.boot()
    house = new TunnelSteps(guest, 'l2tp')
    await step('up')
    await step('start_daemon')
    await step('by_line', '1')
    // Until then a gateway that dies could be their doing.
    await step('says', 'the new options stay in force')
  })
  after(() => guest.close())

  test('has the address that the server gives, and main no route by it', async () => {
    const shown = await step('settled')
    assert.match(shown, /inet 203\.0\.113\.80\/32/)
    assert.doesNotMatch(shown, /10\.77\.0\.1/)
  })

  test('lets the Internet begin what it forwards, and the device sees who it is', async () => {
    await step('stream', 'inward')
    assert.equal(await step('guests'), '10.77.0.1')
  })

  test('keeps connections either way when the line below dies, and when it is back', async (t) => {
    await step('stream', 'outward')
    await step('says', 'home_ip is up')
    t.diagnostic(await house.changeLine())
  })

  test('keeps the password to a file that only its programs read', async () => {
    const found = await step('secrets')
    assert.match(found, /^600 .*home_ip\.pppd$/m)
    assert.doesNotMatch(found, /word/)
  })

  test('loses its programs with a killed daemon, and is dialled anew by the next', async () => {
    await step('kill_daemon')
    assert.equal(await step('programs'), 'none')
    await step('start_daemon')
    await step('by_line', '1')
    await house.goOn()
  })

  test('says that the server is dead, and is back with it', async () => {
    await step('stop_server')
    await step('says', 'home_ip: (primary|secondary) works, but')
    await step('start_server')
    await house.goOn()
  })

  test('leaves nothing when it is stopped', async () => {
    await step('stop_daemon')
    const left = await step('traces')
    assert.doesNotMatch(left, /wf-|proto 201|wan_failover|dial/)
    assert.match(left, /^none$/m)
  })

  test('names a wrong password, and does not repeat it', async () => {
    await step('write_options', 'not the word')
    await step('start_daemon')
    await step('says', 'refuses the username or the password')
    assert.doesNotMatch(await step('log'), /not the word/)
    await step('stop_daemon')
  })
})
