import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { breakLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { target } from '../../lab/network/plan.ts'
import { waitFor } from '../../wait-for.ts'
import { serve, testRouterIn } from './test-router-in.ts'

const within = { deadlineMs: 30_000 } as const
const sshPort = 2222
const bigPort = 9000
const bigBytes = 200_000

/** How many bytes come until the end, or until nothing comes any more. */
async function received(
  node: LabNode,
  to: { host: string; port: number; localAddress?: string },
): Promise<number> {
  const script = `
    let bytes = 0
    const socket = require('node:net').connect(${JSON.stringify(to)})
    const end = () => { console.log(bytes); process.exit() }
    socket.setTimeout(2000, end).on('data', (data) => { bytes += data.length })
    socket.on('end', end).on('error', end)
  `
  return Number(await node.run(process.execPath, '--eval', script))
}

testRouterIn('one-subnet')

describe('a subnet behind an inner router', () => {
  test('is let in by `inbound: established` on its link', async () => {
    await using house = await House.open({
      topology: 'lan-and-stick',
      wans: [{ inbound: 'established' }, {}],
    })
    const { lab } = house
    const [router] = lab.plan.clients
    const inside = '10.20.0.5'
    await lab.client(1).ip([`address add ${inside}/32 dev lo`])
    using _server = await serve(lab.host, sshPort, `socket.end('SSH-2.0')`)
    const ask = () =>
      received(lab.client(1), {
        host: lab.plan.lan.hostAddress,
        port: sshPort,
        localAddress: inside,
      })
    assert.equal(await ask(), 0, 'a stranger: no route of main knows it')
    await lab.host.ip([`route add 10.20.0.0/16 via ${router.address}`])
    const answer = await waitFor(ask, { what: 'an answer', deadlineMs: 15_000 })
    assert.equal(answer, 'SSH-2.0'.length)
  })
})

test('what cannot be translated reaches a network behind the router, and not the Internet', async () => {
  await using house = await House.open({ topology: 'two-interfaces' })
  const { lab } = house
  const inside = '10.20.0.5'
  const set = ['inet', 'wan_failover', 'neighbours_ipv4'] as const
  await lab.host.ip([`route add 10.20.0.0/16 via ${lab.wan(1).gateway}`])
  await waitFor(async () => (await lab.host.run('nft', 'list', 'set', ...set)).includes('10.20.'), {
    what: 'the network to be a neighbour',
  })
  // As a program does that spares its packets the tracking.
  await lab.host.nft(`table ip others { chain sparing {
    type filter hook prerouting priority raw; udp dport ${bigPort} notrack
  }; }`)
  await lab.gateway(1).nft(`table ip hearing {
    counter inside { }
    counter outside { }
    chain everybody {
    type filter hook prerouting priority raw;
    udp dport ${bigPort} ip daddr ${inside} counter name "inside"
    udp dport ${bigPort} ip daddr ${target} counter name "outside"
    }
  }`)
  const heard = async (name: string): Promise<number> =>
    Number(
      /packets (\d+)/.exec(
        await lab.gateway(1).run('nft', 'list', 'counter', 'ip', 'hearing', name),
      )?.[1],
    )
  const script = `
    const socket = require('node:dgram').createSocket('udp4')
    socket.send('x', ${bigPort}, '${target}', () => {
      socket.send('x', ${bigPort}, '${inside}', () => socket.close())
    })
  `
  await lab.client(1).run(process.execPath, '--eval', script)
  await waitFor(async () => (await heard('inside')) === 1, { what: 'it behind the router' })
  assert.equal(await heard('outside'), 0)
})

test('what the host says to everybody nearby stays off the backup during a failover', async () => {
  await using house = await House.open({ topology: 'lan-and-stick' })
  const { lab } = house
  const heard = async (wan: 1 | 2): Promise<number> => {
    const listing = await lab.gateway(wan).run('nft', 'list', 'table', 'ip', 'hearing')
    return Number(/packets (\d+)/.exec(listing)?.[1])
  }
  for (const wan of [1, 2] as const) {
    await lab.gateway(wan).nft(`table ip hearing { chain everybody {
      type filter hook prerouting priority 0;
      ip daddr { 224.0.0.251, 255.255.255.255 } udp dport 5353 counter
    }; }`)
  }
  await breakLine(house, { wan: 1, kind: 'upstream-silent' }, within)
  const script = `
    const socket = require('node:dgram').createSocket('udp4')
    socket.bind(() => {
      socket.setBroadcast(true)
      socket.send('who', 5353, '224.0.0.251')
      socket.send('who', 5353, '255.255.255.255', () => socket.close())
    })
  `
  await lab.host.run(process.execPath, '--eval', script)
  await waitFor(async () => (await heard(1)) === 2, { what: 'both at the first router' })
  assert.equal(await heard(2), 0)
})

test('a client gets long segments through a narrow WAN from a server that hears no ICMP', async () => {
  await using house = await House.open({ topology: 'two-interfaces' })
  const { lab } = house
  await lab.host.ip([`link set ${lab.wan(1).interface} mtu 1280`])
  await lab.gateway(1).ip(['link set lan mtu 1280'])
  await lab.internet.nft(`table ip deaf { chain hearing {
    type filter hook input priority 0;
    icmp type destination-unreachable drop
  }; }`)
  using _server = await serve(lab.internet, bigPort, `socket.end(Buffer.alloc(${bigBytes}))`)
  assert.equal(await received(lab.client(1), { host: target, port: bigPort }), bigBytes)
})
