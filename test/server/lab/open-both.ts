/** Houses that have two lines to one server. */
import assert from 'node:assert/strict'
import { type ServerLab, serverAddress } from './server-lab.ts'
import { TestHouse } from './test-house.ts'
import { TestServer } from './test-server.ts'

interface OpenOptions {
  readonly endpoint?: string
  readonly addresses?: readonly string[]
}

export async function openBoth(lab: ServerLab, options: OpenOptions = {}) {
  const { endpoint = serverAddress, addresses: given = ['203.0.113.80'] } = options
  const running = await TestServer.setUp(lab.server, endpoint)
  const names = [...lab.houses.keys()]
  const invitations: string[] = []
  for (const [nth, name] of names.entries()) {
    invitations.push(await running.invite('add', name, '--address', given[nth] ?? ''))
  }
  await running.start()
  const all = await Promise.all(
    names.map((name, nth) =>
      TestHouse.move(lab.house(name), invitations[nth] ?? '', { both: true }),
    ),
  )
  for (const [nth, house] of all.entries()) {
    await house.waitForHandshake()
    await running.waitForLine(new RegExp(`${names[nth]} receives by .* each packet goes to both`))
  }
  const [house] = all
  assert.ok(house)
  return { server: running, house, all }
}
