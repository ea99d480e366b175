import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House, type HouseOptions } from '../../lab/house/house.ts'
import { bothUp, type MqttHouse } from '../../lab/house/mqtt-house.ts'
import { EchoStream } from '../../lab/measure/echo-stream.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { ShortConnections } from '../../lab/measure/short-connections.ts'
import { TcpClient } from '../../lab/measure/tcp-client.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { ports, target, target6 } from '../../lab/network/plan.ts'
import { MachineLag } from '../../machine-lag.ts'

/** After the failover was told; a client's own repetitions back off beyond that. */
const resetWithinMs = 1_000
const newConnectionWithinMs = 1_500
const within = { deadlineMs: 30_000 } as const
const lag = new MachineLag()

type Kind = 'sending' | 'receiving'

/** One who sends and one who only receives, of a device each and of the host. */
class Flows {
  readonly all: ReadonlyMap<string, TcpClient>

  private constructor(all: ReadonlyMap<string, TcpClient>) {
    this.all = all
  }

  static async start({ lab }: House, to = target): Promise<Flows> {
    const wanted: readonly (readonly [string, LabNode, Kind])[] = [
      ['a device that sends', lab.client(1), 'sending'],
      ['a device that only receives', lab.client(2), 'receiving'],
      ['the host, sending', lab.host, 'sending'],
      ['the host, only receiving', lab.host, 'receiving'],
    ]
    const started = wanted.map(
      async ([name, node, kind]) =>
        [name, await TcpClient.start(node, { target: to, kind })] as const,
    )
    return new Flows(new Map(await Promise.all(started)))
  }

  /** Each was reset soon after the move was told, and has a connection again. */
  async assertReset(sinceMs: number, toldMs: number): Promise<void> {
    for (const [name, client] of this.all) {
      const wait = { afterMs: sinceMs, deadlineMs: 10_000 }
      const broken = await client.waitForBreak(wait).catch((error: unknown) => {
        throw new Error(`${name}: never told`, { cause: error })
      })
      assert.equal(broken.detail, 'ECONNRESET', name)
      const laterMs = Math.round(broken.atMs - toldMs)
      const slackMs = lag.allowanceMs(sinceMs, broken.atMs)
      assert.ok(
        laterMs < resetWithinMs + slackMs,
        `${name}: reset ${laterMs} ms after the move was told`,
      )
      const data = await client.waitForData({ afterMs: broken.atMs, deadlineMs: 10_000 })
      const againMs = Math.round(data.atMs - toldMs)
      const mostMs = newConnectionWithinMs + lag.allowanceMs(sinceMs, data.atMs)
      assert.ok(againMs < mostMs, `${name}: works again ${againMs} ms after`)
    }
  }

  /** Nobody's connection has broken since; each has had data since `aliveMs`. */
  async assertUnbroken(sinceMs: number, aliveMs: number): Promise<void> {
    for (const [name, client] of this.all) {
      await client.waitForData({ afterMs: aliveMs, deadlineMs: 10_000 }).catch((error: unknown) => {
        throw new Error(`${name}: no data any more`, { cause: error })
      })
      assert.deepEqual(client.breaksAfter(sinceMs), [], `${name}: the connection has broken`)
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.all.values()].map((client) => client.stop()))
  }
}

/** Counts at a gateway what the house sends to the TCP servers. */
async function countAt(node: LabNode): Promise<() => Promise<number>> {
  await node.nft(`table inet seen {
    chain passing {
      type filter hook forward priority 10;
      iifname "lan" tcp dport { ${ports.tcpEcho}, ${ports.tcpTicks} } counter
    }
  }`)
  return async () => {
    const listing = await node.run('nft', 'list', 'table', 'inet', 'seen')
    return Number(/packets (\d+)/.exec(listing)?.[1])
  }
}

async function failOver(house: House) {
  const { beforeMs, event } = await breakLine(house, { wan: 1, kind: 'upstream-silent' }, within)
  return { faultMs: beforeMs, toldMs: event.seenMs }
}

async function failBack(house: House) {
  const { beforeMs, event } = await mendLine(house, 1, within)
  return { repairedMs: beforeMs, toldMs: event.seenMs }
}

/** A state that is newer than what an earlier daemon has left with the broker. */
async function upSince(mqtt: MqttHouse, wallMs: number): Promise<void> {
  await mqtt.waitForState((state) => Date.parse(state.at) > wallMs && bothUp(state), {
    deadlineMs: 20_000,
    what: 'both WANs are up anew',
  })
}

const houses: Readonly<Record<string, HouseOptions>> = {
  'one subnet, untranslated': { topology: 'one-subnet' },
  'one subnet, translated': { topology: 'one-subnet', options: { nat: 'always' } },
  'two interfaces, translated': { topology: 'two-interfaces' },
}

for (const [name, options] of Object.entries(houses)) {
  describe(`running TCP connections, ${name}`, () => {
    test('are reset when their WAN dies; a graceful failback leaves the new ones alone', async () => {
      await using house = await House.open(options)
      const { lab } = house
      const flows = await Flows.start(house)
      const away = await failOver(house)
      await flows.assertReset(away.faultMs, away.toldMs)

      const packets = await countAt(lab.gateway(2))
      const back = await failBack(house)
      const stream = await EchoStream.start(lab.client(1), { newFlows: true })
      await stream.waitForWan(1, { afterMs: back.toldMs, deadlineMs: 5_000 })
      const before = await packets()
      // Beyond all three passes of a cut: none of them may find these.
      await flows.assertUnbroken(away.toldMs + newConnectionWithinMs, back.toldMs + 6_000)
      const more = (await packets()) - before
      assert.ok(more > 4, `${more} packets by the secondary: the running flows have stayed there`)

      const strays = stream.samples().filter(({ answer }) => answer?.wan === 2)
      assert.deepEqual(
        strays.filter(({ sentMs }) => sentMs > back.toldMs),
        [],
      )
      // Now the WAN dies on which they have stayed, though it carries nobody else.
      const down = { tells: 'wan_down', ...within } as const
      const second = await breakLine(house, { wan: 2, kind: 'upstream-silent' }, down)
      await flows.assertReset(second.beforeMs, second.event.seenMs)
      await flows.stop()
      await stream.stop()
    })

    test('are reset with strict gateways too; an immediate failback moves them', async () => {
      await using house = await House.open({
        ...options,
        options: { ...options.options, failback: { delay: 2, mode: 'immediate' } },
      })
      await house.lab.makeStrict()
      const flows = await Flows.start(house)
      const away = await failOver(house)
      await flows.assertReset(away.faultMs, away.toldMs)
      const back = await failBack(house)
      await flows.assertReset(back.repairedMs, back.toldMs)
      await flows.stop()
    })

    test('leave a metered WAN at once when the first is back', async () => {
      await using house = await House.open({ ...options, wans: [{}, { metered: true }] })
      const flows = await Flows.start(house)
      const away = await failOver(house)
      await flows.assertReset(away.faultMs, away.toldMs)
      const back = await failBack(house)
      await flows.assertReset(back.repairedMs, back.toldMs)
      const packets = await countAt(house.lab.gateway(2))
      const stillMs = monotonicMs()
      await flows.assertUnbroken(back.toldMs + newConnectionWithinMs, stillMs + 500)
      assert.equal(await packets(), 0, 'nothing goes by the metered WAN any more')
      await flows.stop()
    })

    test('are left alone when no WAN is healthy, and live on when the line is back', async () => {
      await using house = await House.open(options)
      const flows = await Flows.start(house)
      const startedMs = monotonicMs()
      const kind = 'upstream-silent'
      await breakLine(house, { wan: 2, kind }, { tells: 'wan_down', ...within })
      await breakLine(house, { wan: 1, kind }, { tells: 'all_down', ...within })
      const repair = await house.lab.repair(1)
      await flows.assertUnbroken(startedMs, repair.afterMs)
      await flows.stop()
    })

    test('that begin during a flip and after it are never reset', async () => {
      await using house = await House.open(options)
      const { lab } = house
      const hammers = {
        device: await ShortConnections.start(lab.client(1), { target }),
        host: await ShortConnections.start(lab.host, { target }),
      }
      const fault = await breakLine(house, { wan: 1, kind: 'upstream-silent' }, within)
      const { seenMs } = fault.event
      const endMs = seenMs + 6_000
      for (const [who, hammer] of Object.entries(hammers)) {
        await hammer.waitForAnswer({ afterMs: endMs, deadlineMs: 15_000 })
        const begun = hammer.begunBetween(fault.afterMs, endMs)
        const failed = begun.filter(({ end }) => end !== null && end.error !== null)
        assert.ok(begun.length > 100, `${who} has begun ${begun.length} only`)
        // What was asked for before the flip may be given up; it is nobody's to reset it.
        const resets = failed.filter(({ end }) => end?.error === 'ECONNRESET')
        assert.deepEqual(resets, [], `${who}: reset`)
        const later = failed.filter(({ begunMs }) => begunMs > seenMs)
        assert.deepEqual(later, [], `${who}: failed after the flip`)
        await hammer.stop()
      }
    })
  })
}

const globalGateways = [{ gateway6: '2001:db8:1::1' }, { gateway6: '2001:db8:2::1' }] as const

for (const topology of ['one-subnet', 'two-interfaces'] as const) {
  describe(`running TCP connections, ${topology}`, () => {
    test('over IPv6 are reset too', async () => {
      await using house = await House.open({
        topology,
        ipv6: true,
        options: { nat: 'auto' },
        // Behind a link-local gateway nobody can tell which addresses it answers to.
        ...(topology === 'one-subnet' ? { wans: globalGateways } : {}),
      })
      const { mqtt } = house
      const flows = await Flows.start(house, target6)
      const away = await failOver(house)
      // It has a verdict of its own.
      await mqtt.waitForState(({ policies }) => policies['default']?.wan6 === 'secondary', {
        deadlineMs: 5_000,
        what: 'IPv6 to go by the secondary',
      })
      await flows.assertReset(away.faultMs, monotonicMs())
      await flows.stop()
    })

    test('that no poke has reached are found two or five seconds later', async () => {
      await using house = await House.open({ topology })
      const { lab } = house
      const client = await TcpClient.start(lab.client(2), { target, kind: 'receiving' })
      await lab.client(2).nft(`table inet deaf {
        chain hearing { type filter hook input priority 0; tcp sport ${ports.tcpTicks} drop; }
      }`)
      const away = await failOver(house)
      await house.daemon.waitForLine(/resetting \d+ TCP connections of primary/, within)
      await lab.client(2).nft('delete table inet deaf')
      const wait = { afterMs: away.faultMs, deadlineMs: 8_000 }
      const broken = await client.waitForBreak(wait)
      assert.equal(broken.detail, 'ECONNRESET')
      await client.waitForData({ afterMs: broken.atMs, deadlineMs: 5_000 })
      await client.stop()
    })

    test('from before a start are left alone by it, and known when their WAN dies', async () => {
      await using house = await House.open({ topology })
      const { lab, daemon, mqtt } = house
      await daemon.stop()
      // Without us devices on one subnet are led past this host, by its own redirects.
      const clients = [await TcpClient.start(lab.host, { target, kind: 'receiving' })]
      const startMs = monotonicMs()
      house.startAgain()
      await upSince(mqtt, Date.now())
      clients.push(await TcpClient.start(lab.client(2), { target, kind: 'receiving' }))
      await house.daemon.end('SIGKILL')
      house.startAgain()
      await house.daemon.waitForLine(/found the rules of an earlier run/, { deadlineMs: 10_000 })
      await upSince(mqtt, Date.now())
      const aliveMs = monotonicMs()
      for (const client of clients) {
        await client.waitForData({ afterMs: aliveMs, deadlineMs: 5_000 })
        assert.deepEqual(client.breaksAfter(startMs), [])
      }
      const away = await failOver(house)
      for (const client of clients) {
        const wait = { afterMs: away.faultMs, deadlineMs: 8_000 }
        const broken = await client.waitForBreak(wait)
        assert.equal(broken.detail, 'ECONNRESET')
        const slackMs = lag.allowanceMs(away.faultMs, broken.atMs)
        assert.ok(broken.atMs - away.toldMs < resetWithinMs + slackMs)
        await client.stop()
      }
    })
  })
}
