import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { KnownResolver } from '../../src/model/resolver.ts'
import { type HomeResolvers, MachineResolvers } from '../../src/resolvers/machine-resolvers.ts'
import { waitFor } from '../wait-for.ts'

const upstream = '/run/systemd/resolve/resolv.conf'

describe("the machine's resolvers", () => {
  let root: string
  let found: (readonly KnownResolver[])[]
  let watching: MachineResolvers | null

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'resolvers-'))
    found = []
    watching = null
  })

  afterEach(() => {
    watching?.close()
    rmSync(root, { recursive: true })
  })

  function write(file: string, ...addresses: readonly string[]): void {
    const path = join(root, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, addresses.map((address) => `nameserver ${address}\n`).join(''))
  }

  function start(askHome: (() => Promise<HomeResolvers | null>) | null = null): void {
    watching = new MachineResolvers({ root, askHome, onResolvers: (one) => found.push(one) })
  }

  const addresses = () => found.at(-1)?.map(({ address }) => address) ?? []
  const waitForAddresses = (...expected: readonly string[]) =>
    waitFor(() => addresses().join() === expected.join(), {
      deadlineMs: 5_000,
      what: `${expected.join()} to be known`,
    })

  test('are those of resolv.conf, each once, in canonical form', () => {
    write('/etc/resolv.conf', '192.168.0.1', '2001:DB8::53', '192.168.0.1')
    start()
    assert.deepEqual(found, [
      [
        { address: '192.168.0.1', forwards: false },
        { address: '2001:db8::53', forwards: false },
      ],
    ])
  })

  test('are none where there is no such file, and that is said', () => {
    start()
    assert.deepEqual(found, [[]])
  })

  test('are followed when the file is written, and when another one takes its place', async () => {
    write('/etc/resolv.conf', '192.168.0.1')
    start()
    write('/etc/resolv.conf', '192.168.0.2')
    await waitForAddresses('192.168.0.2')
    for (const last of [3, 4]) {
      write('/etc/new', `192.168.0.${last}`)
      renameSync(join(root, '/etc/new'), join(root, '/etc/resolv.conf'))
      await waitForAddresses(`192.168.0.${last}`)
    }
    write('/etc/resolv.conf', '192.168.0.5')
    await waitForAddresses('192.168.0.5')
  })

  test('behind the stub of systemd-resolved are those that it asks, as they change', async () => {
    write('/run/systemd/resolve/stub-resolv.conf', '127.0.0.53')
    write(upstream, '192.168.0.1')
    mkdirSync(join(root, '/etc'))
    symlinkSync('../run/systemd/resolve/stub-resolv.conf', join(root, '/etc/resolv.conf'))
    start()
    assert.deepEqual(found.at(-1), [
      { address: '127.0.0.53', forwards: true },
      { address: '192.168.0.1', forwards: false },
    ])
    write('/run/systemd/resolve/.new', '192.168.0.1', '10.2.0.1')
    renameSync(join(root, '/run/systemd/resolve/.new'), join(root, upstream))
    await waitForAddresses('127.0.0.53', '192.168.0.1', '10.2.0.1')
  })

  test("behind the Supervisor's server are its own and those of the interfaces", async () => {
    write('/etc/resolv.conf', '172.30.32.3')
    start(async () => ({ servers: ['dns://192.168.0.1'], nameservers: ['192.168.0.1', '9.9.9.9'] }))
    await waitForAddresses('172.30.32.3', '192.168.0.1', '9.9.9.9')
    assert.deepEqual(found.at(-1)?.[0], { address: '172.30.32.3', forwards: true })
  })

  test('are known without a Supervisor that answers', async () => {
    write('/etc/resolv.conf', '172.30.32.3')
    start(() => Promise.reject(new Error('not up yet')))
    await waitForAddresses('172.30.32.3')
  })
})
