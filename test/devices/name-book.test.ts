import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Lease } from '../../src/devices/lease-files.ts'
import { NameBook } from '../../src/devices/name-book.ts'

interface House {
  leases?: Lease[]
  hosts?: string | null
  said?: Readonly<Record<string, string>>
}

class BookOf {
  nowMs = 0
  readonly asked: string[][] = []
  readonly book: NameBook

  constructor({ leases = [], hosts = null, said = {} }: House) {
    this.book = new NameBook(() => this.nowMs, {
      leases: async () => leases,
      hosts: async () => hosts,
      ask: async ({ addresses }) => {
        this.asked.push([...addresses])
        return new Map(Object.entries(said).filter(([address]) => addresses.includes(address)))
      },
    })
  }

  async names(...addresses: string[]) {
    const { byAddress } = await this.book.look({ addresses, here: ['192.168.0.5'] })
    return Object.fromEntries(byAddress)
  }
}

test('a lease comes before what a device says, and that before the hosts file', async () => {
  const lease = { address: '192.168.0.1', mac: '02:00:00:00:00:01', name: 'leased.lan.' }
  const hosts = '127.0.0.1 localhost\n192.168.0.2 from-file alias # mine\n192.168.0.3 printer\n'
  const said = { '192.168.0.1': 'said', '192.168.0.2': 'said' }
  const { book, ...house } = new BookOf({ leases: [lease], hosts, said })
  const addresses = ['192.168.0.1', '192.168.0.2', '192.168.0.3', '2001:db8::1']
  const { byAddress, byMac } = await book.look({ addresses, here: [] })
  assert.deepEqual(Object.fromEntries(byAddress), {
    '192.168.0.1': 'leased.lan',
    '192.168.0.2': 'said',
    '192.168.0.3': 'printer',
  })
  assert.deepEqual([...byMac], [['02:00:00:00:00:01', 'leased.lan']])
  assert.deepEqual(house.asked, [['192.168.0.2', '192.168.0.3']])
})

test('whoever looks again within five minutes asks nobody, not even who was silent', async () => {
  const house = new BookOf({ said: { '192.168.0.2': 'tv' } })
  const names = { '192.168.0.2': 'tv' }
  assert.deepEqual(await house.names('192.168.0.2', '192.168.0.3'), names)
  house.nowMs = 299_000
  assert.deepEqual(await house.names('192.168.0.2', '192.168.0.3', '192.168.0.4'), names)
  house.nowMs = 301_000
  await house.names('192.168.0.2', '192.168.0.3', '192.168.0.4')
  assert.deepEqual(house.asked, [
    ['192.168.0.2', '192.168.0.3'],
    ['192.168.0.4'],
    ['192.168.0.2', '192.168.0.3'],
  ])
})

test('a look asks 256 devices at most, and the next look the others', async () => {
  const house = new BookOf({})
  const many = Array.from({ length: 300 }, (_, n) => `10.0.${n >> 8}.${n & 255}`)
  await house.names(...many)
  await house.names(...many)
  assert.deepEqual(
    house.asked.map(({ length }) => length),
    [256, 44],
  )
})

const odd: readonly [string, string | undefined][] = [
  ['Wohnzimmer-Röhre.local', 'Wohnzimmer-Röhre'],
  ['tv\u202e\u0007', undefined],
  ['x'.repeat(64), undefined],
  ['.local', undefined],
]
for (const [name, shown] of odd) {
  test(`a device that calls itself ${JSON.stringify(name)} is shown as ${shown}`, async () => {
    const leases = [{ address: '192.168.0.1', mac: null, name }]
    assert.equal((await new BookOf({ leases }).names('192.168.0.1'))['192.168.0.1'], shown)
  })
}
