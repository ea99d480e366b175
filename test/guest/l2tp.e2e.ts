/**
 * Document 000's provider: the house's own address by L2TP, with Debian's stock kernel, which has PPP,
 * and the xl2tpd and pppd that providers run.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Guest, sources } from './guest.ts'

const house = `${sources}/test/guest/l2tp-house.sh`
let guest: Guest

const step = (...words: readonly string[]): Promise<string> => guest.run('sh', house, ...words)

const ways = ['outward', 'inward'] as const

/** Both connections have come back whole so far, and do so again; the longest waits. */
async function goOn(): Promise<string> {
  await step('goes_on')
  const waits: string[] = []
  for (const way of ways) {
    const [, longestMs, ...end] = (await step('heard', way)).split(' ')
    assert.equal(end.join(' '), 'fine', way)
    waits.push(`${longestMs} ms ${way}`)
  }
  return `at most without an answer: ${waits.join(', ')}`
}

describe('a house that keeps its address by L2TP', () => {
  before(async () => {
    guest = await Guest.boot()
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
    await step('silence', '1')
    await step('by_line', '2')
    t.diagnostic(await goOn())
    await step('mend')
    await step('by_line', '1')
    await goOn()
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
    await goOn()
  })

  test('says that the server is dead, and is back with it', async () => {
    await step('stop_server')
    await step('says', 'home_ip: (primary|secondary) works, but')
    await step('start_server')
    await goOn()
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
