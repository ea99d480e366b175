/**
 * Loaded into the daemon beside its own modules. At a USR2 signal it does there what makes memory
 * rise in a long life, all at once, and writes down what stays.
 */
import { renameSync, writeFileSync } from 'node:fs'
import { Duplex } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

export interface MemoryTrial {
  /** In buffers, after messages of 200 lengths, with other buffers in between. */
  readonly keptBytes: number
  /** By how much V8's highest use of the C library's memory rose while code became hot. */
  readonly compilerBytes: number
}

const lengths = 200
const path = process.env['MEMORY_TRIAL']
if (path !== undefined) {
  process.once('SIGUSR2', async () => {
    const trial = { keptBytes: await keptByLengths(), compilerBytes: await takenByHotCode() }
    // Renamed, so that nobody reads a half of it.
    writeFileSync(`${path}.new`, JSON.stringify(trial))
    renameSync(`${path}.new`, path)
  })
}

/** By the daemon's own MQTT library, with a broker that takes everything. */
async function keptByLengths(): Promise<number> {
  const { MqttClient } = await import('mqtt')
  const stream = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() })
  const client = new MqttClient(() => stream, {
    keepalive: 0,
    reconnectPeriod: 0,
    writeCache: false,
  })
  const connected = new Promise((resolve) => client.once('connect', resolve))
  stream.push(Buffer.from([0x20, 2, 0, 0]))
  await connected
  const before = await bytesInBuffers()
  for (let length = 1; length <= lengths; length += 1) {
    // Lengths that no message of the daemon has.
    await client.publishAsync('trial', Buffer.alloc(8_000 + length))
    useUpPools()
  }
  const kept = (await bytesInBuffers()) - before
  client.end(true)
  return kept
}

/** As everything does that the daemon reads or writes between two messages. */
function useUpPools(): void {
  for (let i = 0; i < 40; i += 1) Buffer.allocUnsafe(2_000)
}

/** V8 sweeps buffers in a thread of its own, which a busy machine lets wait: until no more go. */
async function bytesInBuffers(): Promise<number> {
  setFlagsFromString('--expose-gc')
  let least = Number.POSITIVE_INFINITY
  for (let looksWithoutNews = 0; looksWithoutNews < 5; looksWithoutNews += 1) {
    runInNewContext('gc()')
    await setTimeout(20)
    const { arrayBuffers } = process.memoryUsage()
    if (arrayBuffers < least) looksWithoutNews = 0
    least = Math.min(least, arrayBuffers)
  }
  return least
}

/** One long function, called often enough for each compiler that there is. */
async function takenByHotCode(): Promise<number> {
  const steps = Array.from({ length: 4_000 }, (_, i) => `sum += object.a${i % 50} * ${i};`)
  const hot = new Function('object', `let sum = 0; ${steps.join('')} return sum`)
  const object = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`a${i}`, i]))
  hot(object)
  const before = getHeapStatistics().peak_malloced_memory
  for (let round = 0; round < 50; round += 1) {
    for (let i = 0; i < 400; i += 1) hot(object)
    // The compilers work in threads of their own, and hand over between two turns of the loop.
    await setTimeout(1)
  }
  return getHeapStatistics().peak_malloced_memory - before
}
