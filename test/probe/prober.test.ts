import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { after, afterEach, before, test } from 'node:test'
import type { Family } from '../../src/model/address.ts'
import { probeMark, probePorts } from '../../src/model/marks.ts'
import { type ProbeRequest, probeMethods } from '../../src/model/probe.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'
import { monotonicMs } from '../lab/measure/monotonic.ts'
import { MachineLag } from '../machine-lag.ts'
import { waitFor } from '../wait-for.ts'
import { type Probes, startProber } from './start-prober.ts'
import { type Counted, TwoUplinks } from './two-uplinks.ts'
import { lateMs } from './uplink-server.ts'

const lag = new MachineLag()

let lab: TwoUplinks
before(async () => {
  lab = await TwoUplinks.start()
})
after(() => lab.stop())
afterEach(() => {
  for (const wan of [0, 1]) lab.uplink(wan).swallow(false)
  lab.leadMainThrough(0)
})

interface Row {
  readonly method: ProbeRequest['method']
  readonly family: Family
  readonly counted: Counted
}
const rows: readonly Row[] = [
  { method: 'icmp', family: 'ipv4', counted: 'icmp' },
  { method: 'icmp', family: 'ipv6', counted: 'icmpv6' },
  { method: 'dns', family: 'ipv4', counted: 'udp' },
  { method: 'dns', family: 'ipv6', counted: 'udp6' },
  { method: 'tcp', family: 'ipv4', counted: 'tcp' },
  { method: 'tcp', family: 'ipv6', counted: 'tcp6' },
  { method: 'http', family: 'ipv4', counted: 'tcp' },
]

for (const { method, family, counted } of rows) {
  test(`${method} by ${family} leaves by its own WAN only, whichever main prefers`, async (t) => {
    const probes = startProber(t)
    for (const wan of [0, 1]) {
      lab.leadMainThrough(1 - wan)
      const [own, other] = [lab.uplink(wan), lab.uplink(1 - wan)]
      // The first packet may wait for the neighbour, and HTTP's for the address.
      await probes.ask({ method, family, wan })
      const [ownBefore, otherBefore] = [own.count(counted), other.count(counted)]
      for (const small of [false, true]) {
        const outcome = await probes.ask({ method, family, wan, small })
        assert.equal(outcome.kind, 'answered', JSON.stringify(outcome))
        assert.ok(outcome.kind === 'answered' && outcome.rttMs > 0 && outcome.rttMs < 500)
      }
      assert.equal(own.count(counted) - ownBefore, 2, 'through its own WAN')
      assert.equal(other.count(counted), otherBefore, 'through the other WAN')
    }
  })

  test(`${method} by ${family} stays silent when its WAN is dead and the other lives`, async (t) => {
    for (const wan of [0, 1]) {
      const probes = startProber(t)
      lab.leadMainThrough(1 - wan)
      const [own, other] = [lab.uplink(wan), lab.uplink(1 - wan)]
      // HTTP must know the address already, or the dead DNS is what keeps it silent; IPv6 must know
      // its neighbour, whose answers are swallowed too.
      await probes.ask({ method, family, wan })
      own.swallow(true)
      const [ownBefore, otherBefore] = [own.count(counted), other.count(counted)]
      const id = probes.send({ method, family, wan })
      await waitFor(() => own.count(counted) > ownBefore, {
        what: 'the probe arrives at its own WAN',
      })
      await probes.ask({ method, family, wan: 1 - wan })
      own.swallow(false)
      assert.equal(probes.outcomeOf(id), undefined)
      assert.equal(other.count(counted) - otherBefore, 1, 'only the other probe went there')
      // Or the kernel repeats the unanswered SYN, where the next round counts.
      probes.prober.close()
    }
  })
}

test('a WAN without a default route makes every probe unsent, and none leaves by main', async (t) => {
  const probes = startProber(t)
  lab.leadMainThrough(0)
  const table = '101'
  run('ip', 'route', 'del', 'default', 'table', table)
  run('ip', '-6', 'route', 'del', 'default', 'table', table)
  const before = rows.map(({ counted }) => lab.uplink(0).count(counted))
  for (const { method, family } of rows) {
    const outcome = await probes.ask({ method, family, wan: 1 })
    assert.equal(outcome.kind, 'unsent', `${method} ${family}`)
    assert.match(outcome.kind === 'unsent' ? outcome.reason : '', /unreachable|no route/)
  }
  assert.deepEqual(
    rows.map(({ counted }) => lab.uplink(0).count(counted)),
    before,
  )
  run('ip', 'route', 'add', 'default', 'via', lab.uplink(1).gateway, 'table', table)
  run('ip', '-6', 'route', 'add', 'default', 'via', 'fd00:11::1', 'table', table)
})

test('unsent is reported in a later turn, not within send', async (t) => {
  const probes = startProber(t)
  const id = probes.send({ wan: 7 })
  assert.equal(probes.outcomeOf(id), undefined)
  const outcome = await probes.outcome(id)
  assert.deepEqual(outcome, { kind: 'unsent', reason: 'there is no WAN at position 7' })
})

test('a URL whose host DNS cannot hold makes the probe unsent, and says so', async (t) => {
  const httpUrl = `http://${'a'.repeat(64)}.example/generate_204`
  const outcome = await startProber(t, { httpUrl }).ask({ method: 'http', wan: 1 })
  assert.equal(outcome.kind, 'unsent')
  assert.match(outcome.kind === 'unsent' ? outcome.reason : '', /^no DNS name: a/i)
})

test('a late answer is reported with its true round-trip time', async (t) => {
  const probes = startProber(t, { dnsName: 'late.example' })
  await lab.uplink(1).echo('late')
  const ids = (['icmp', 'dns'] as const).map((method) => probes.send({ method, wan: 1 }))
  for (const id of ids) {
    const outcome = await probes.outcome(id)
    assert.ok(outcome.kind === 'answered', JSON.stringify(outcome))
    assert.ok(outcome.rttMs >= lateMs - 5 && outcome.rttMs < lateMs + 700, `${outcome.rttMs} ms`)
  }
  await lab.uplink(1).echo('kernel')
})

for (const mode of ['wrong_source', 'wrong_cookie'] as const) {
  test(`a ping's answer with a ${mode.replace('_', ' ')} is ignored`, async (t) => {
    const probes = startProber(t)
    await lab.uplink(0).echo(mode)
    const forged = lab.uplink(0).heard('forged')
    const id = probes.send({ method: 'icmp', wan: 0 })
    await forged
    await lab.uplink(0).echo('kernel')
    // What came before this answer on the same socket has been read.
    assert.equal((await probes.ask({ method: 'icmp', wan: 0 })).kind, 'answered')
    assert.equal(probes.outcomeOf(id), undefined)
  })
}

for (const mode of ['wrong_id', 'wrong_sequence', 'wrong_checksum'] as const) {
  test(`an ICMP error that quotes our ping with a ${mode.replace('_', ' ')} is no refusal`, async (t) => {
    for (const small of [false, true]) {
      const probes = startProber(t)
      await lab.uplink(0).echo(mode)
      const forged = lab.uplink(0).heard('forged')
      const id = probes.send({ method: 'icmp', wan: 0, small })
      await forged
      await lab.uplink(0).echo('kernel')
      assert.equal((await probes.ask({ method: 'icmp', wan: 0 })).kind, 'answered')
      assert.equal(probes.outcomeOf(id), undefined)
      probes.prober.close()
    }
  })
}

test('an ICMP error that quotes no more than eight bytes of our ping is a refusal', async (t) => {
  const probes = startProber(t)
  await lab.uplink(0).echo('short_error')
  for (const small of [false, true]) {
    assert.deepEqual(await probes.ask({ method: 'icmp', wan: 0, small }), {
      kind: 'refused',
      reason: '192.168.10.1 says: host unreachable',
    })
  }
  await lab.uplink(0).echo('kernel')
  assert.deepEqual(probes.forged, [])
})

test('pings that others answer in the name of a target are counted, one of 256 for all', async (t) => {
  const probes = startProber(t)
  await probes.ask({ method: 'icmp', wan: 1 })
  // Another program's pings have other ids, as guesses have.
  run('ping', '-q', '-f', '-c', '4000', '-m', String(probeMark(1)), '1.1.1.1')
  await probes.ask({ method: 'icmp', wan: 1 })
  const [first] = probes.forged
  assert.deepEqual(first, { wan: 1, by: 'icmp', count: 256, target: '1.1.1.1' })
})

test('DNS answers with a guessed number are ignored and counted, and the true one counts', async (t) => {
  const probes = startProber(t, { dnsName: 'guessed.example' })
  for (let i = 0; i < 2; i += 1) {
    assert.equal((await probes.ask({ method: 'dns', wan: 1 })).kind, 'answered')
  }
  assert.deepEqual(probes.forged[0], { wan: 1, by: 'dns', count: 1, target: '1.1.1.1' })
})

test('a server that repeats another question is no answer, and counted from the second time', async (t) => {
  const probes = startProber(t, { dnsName: 'misquoting.example' })
  const misquoted = lab.uplink(1).heard('forged')
  const id = probes.send({ method: 'dns', wan: 1 })
  await misquoted
  await waitFor(() => probes.forged.length > 0, { what: 'the second one to be counted' })
  assert.equal(probes.outcomeOf(id), undefined)
})

test('a server that changes the case of letters is believed until somebody guesses', async (t) => {
  const httpUrl = 'http://guessed.example/generate_204'
  const probes = startProber(t, { dnsName: 'folding.example', httpUrl })
  assert.equal((await probes.ask({ method: 'dns', wan: 1 })).kind, 'answered')
  assert.deepEqual(probes.forged, [])
  await probes.ask({ method: 'http', wan: 1 })
  const folded = lab.uplink(1).heard('folded')
  const id = probes.send({ method: 'dns', wan: 1 })
  await folded
  assert.equal(await probes.prober.askPublicAddress(1), lab.uplink(1).publicAddress)
  assert.equal(probes.outcomeOf(id), undefined)
  assert.equal((await probes.ask({ method: 'dns', wan: 0 })).kind, 'answered', 'the other WAN')
})

test('each DNS question has a port of its own, at random, and letters in both cases', async (t) => {
  const probes = startProber(t, { dnsName: 'letters.example' })
  const { first, last } = probePorts(1)
  const ports: number[] = []
  for (let i = 0; i < 20; i += 1) {
    const id = probes.send({ method: 'dns', wan: 1 })
    ports.push(...udpPorts().filter((port) => port >= first && port <= last))
    assert.equal((await probes.outcome(id)).kind, 'answered')
  }
  assert.equal(ports.length, 20)
  assert.ok(new Set(ports).size > 10, ports.join(' '))
})

test('DNS answers with a wrong number, question or sender are ignored', async (t) => {
  const probes = startProber(t, { dnsName: 'forged.example' })
  const forged = lab.uplink(0).heard('forged')
  const id = probes.send({ method: 'dns', wan: 0 })
  await forged
  assert.equal(await probes.prober.askPublicAddress(0), lab.uplink(0).publicAddress)
  assert.equal(probes.outcomeOf(id), undefined)
})

test('a DNS server that fails for the name is a refusal, with its word', async (t) => {
  const probes = startProber(t, { dnsName: 'servfail.example' })
  assert.deepEqual(await probes.ask({ method: 'dns', wan: 1 }), {
    kind: 'refused',
    reason: '1.1.1.1 answers SERVFAIL for servfail.example',
  })
})

test('each new reason why probes fail is logged once, with the name of the WAN', async (t) => {
  const log = new RecordedLog()
  const probes = startProber(t, { dnsName: 'servfail.example' }, log)
  for (let i = 0; i < 2; i += 1) {
    await probes.ask({ method: 'dns', wan: 1 })
    await probes.ask({ method: 'icmp', wan: 1, target: 'nowhere' })
  }
  assert.deepEqual(log.lines, [
    'debug: probes of secondary by dns are refused: 1.1.1.1 answers SERVFAIL for servfail.example',
    "debug: probes of secondary by icmp can't be sent: nowhere is no IPv4 address",
  ])
})

test('an ICMP error on the way is a refusal that names who sent it', async (t) => {
  const probes = startProber(t)
  for (const small of [false, true]) {
    assert.deepEqual(await probes.ask({ method: 'icmp', wan: 1, target: '9.9.9.9', small }), {
      kind: 'refused',
      reason: '192.168.11.1 says: network unreachable',
    })
  }
  // Through the other gateway: Linux paces its errors to one asker.
  assert.deepEqual(await probes.ask({ method: 'tcp', wan: 0, target: '9.9.9.9' }), {
    kind: 'refused',
    reason: 'on the way to the target: the network is unreachable (ENETUNREACH)',
  })
})

test('an ICMPv6 error is a refusal too, by the checksum that the kernel gave our ping', async (t) => {
  const probes = startProber(t)
  const uplink = lab.uplink(1)
  uplink.inside('sysctl -qw net.ipv6.conf.all.forwarding=1')
  uplink.inside('ip -6 route add unreachable 2001:db8:9::/48')
  for (const small of [false, true]) {
    const question = { method: 'icmp', family: 'ipv6', wan: 1, target: '2001:db8:9::9' } as const
    assert.deepEqual(await probes.ask({ ...question, small }), {
      kind: 'refused',
      reason: 'fd00:11::1 says: no route to the target',
    })
  }
})

test('a gateway that is gone makes the ping unsent: the next hop does not answer', async (t) => {
  const probes = startProber(t)
  run('ip', 'route', 'replace', 'default', 'via', '192.168.11.77', 'table', '101')
  const outcome = await probes.ask({ method: 'icmp', wan: 1 })
  run('ip', 'route', 'replace', 'default', 'via', lab.uplink(1).gateway, 'table', '101')
  assert.equal(outcome.kind, 'unsent')
  assert.match(outcome.kind === 'unsent' ? outcome.reason : '', /next hop/)
})

test('a refused TCP connection is an answer: somebody is there', async (t) => {
  const probes = startProber(t, { tcpPort: 444 })
  assert.equal((await probes.ask({ method: 'tcp', wan: 1 })).kind, 'answered')
})

test('a captive portal is a refusal, whether it redirects or serves a page', async (t) => {
  const redirect = startProber(t, { httpUrl: 'http://check.example/portal_204' })
  assert.deepEqual(await redirect.ask({ method: 'http', wan: 0 }), {
    kind: 'refused',
    reason: 'captive portal at login.hotel.example',
  })
  const page = startProber(t, { httpUrl: 'http://check.example/page_204' })
  assert.deepEqual(await page.ask({ method: 'http', wan: 0 }), {
    kind: 'refused',
    reason: 'captive portal at check.example: it serves a page where the check expects none',
  })
})

test('the gateway answers by ARP while its upstream is dead, and a missing one is silent', async (t) => {
  const probes = startProber(t)
  lab.uplink(1).swallow(true)
  const { gateway, link } = lab.uplink(1)
  const question = { method: 'neighbour', wan: 1, link } as const
  const silent = probes.send({ ...question, target: '192.168.11.77' })
  for (let i = 0; i < 3; i += 1) {
    const fromMs = monotonicMs()
    const outcome = await probes.ask({ ...question, target: gateway })
    const mostMs = 20 + lag.allowanceMs(fromMs, monotonicMs())
    assert.ok(outcome.kind === 'answered' && outcome.rttMs < mostMs, JSON.stringify(outcome))
  }
  assert.equal(probes.outcomeOf(silent), undefined)
})

test('a question to a neighbour says what is missing', async (t) => {
  const probes = startProber(t)
  const ask = (link: string) =>
    probes.ask({ method: 'neighbour', wan: 0, target: '10.0.0.1', link })
  assert.deepEqual(await ask('nope0'), {
    kind: 'unsent',
    reason: 'nope0 is not up or has no IPv4 address',
  })
  assert.deepEqual(await ask('lo'), { kind: 'unsent', reason: 'lo has no ARP' })
})

test('each WAN has its own public address, and a dead one null', async (t) => {
  const { prober } = startProber(t)
  for (const wan of [0, 1]) {
    assert.equal(await prober.askPublicAddress(wan), lab.uplink(wan).publicAddress)
  }
  lab.uplink(1).swallow(true)
  assert.equal(await prober.askPublicAddress(1), null)
})

test('a link that went and came back works without a restart', async (t) => {
  const probes = startProber(t)
  const uplink = lab.uplink(1)
  const methods = [...probeMethods, 'neighbour'] as const
  const askAll = async (): Promise<string[]> => {
    const kinds: string[] = []
    for (const method of methods) {
      const target = method === 'neighbour' ? uplink.gateway : '1.1.1.1'
      kinds.push((await probes.ask({ method, wan: 1, target, link: uplink.link })).kind)
    }
    return kinds
  }
  assert.deepEqual(await askAll(), Array(methods.length).fill('answered'))
  uplink.disconnect()
  assert.deepEqual(await askAll(), Array(methods.length).fill('unsent'))
  uplink.connect()
  assert.deepEqual(await askAll(), Array(methods.length).fill('answered'))
})

test('a source port that another program holds is passed over; all held is unsent', async (t) => {
  const { first, last } = probePorts(1)
  const holders: ReturnType<typeof createSocket>[] = []
  const hold = async (from: number, to: number): Promise<void> => {
    for (let port = from; port <= to; port += 1) {
      const socket = createSocket('udp4').bind({ port, exclusive: true })
      holders.push(socket)
      await once(socket, 'listening')
    }
  }
  t.after(() => {
    for (const socket of holders) socket.close()
  })
  await hold(first, first + 2)
  const some = startProber(t)
  assert.equal((await some.ask({ method: 'dns', wan: 1 })).kind, 'answered')
  some.prober.close()
  await hold(first + 3, last)
  assert.deepEqual(await startProber(t).ask({ method: 'dns', wan: 1 }), {
    kind: 'unsent',
    reason: `other programs hold all UDP ports from ${first} to ${last}`,
  })
})

test('more connections than source ports: the oldest gives way and the newest is reported', async (t) => {
  const probes = startProber(t)
  lab.uplink(1).swallow(true)
  const ids = Array.from({ length: 150 }, () => probes.send({ method: 'tcp', wan: 1 }))
  lab.uplink(1).swallow(false)
  // The kernel repeats the lost question after a second.
  assert.equal((await probes.outcome(ids[149] ?? -1)).kind, 'answered')
  assert.equal(probes.outcomeOf(ids[0] ?? -1), undefined)
  assert.equal((await probes.ask({ method: 'tcp', wan: 1 })).kind, 'answered')
})

test('two hundred probers made and closed leave no descriptor and no report behind', async (t) => {
  const descriptors = (): number => readdirSync('/proc/self/fd').length
  const round = async (): Promise<void> => {
    const probes = startProber(t)
    for (const { method, family } of rows) probes.send({ method, family, wan: 1 })
    probes.send({ method: 'neighbour', wan: 1, target: lab.uplink(1).gateway, link: 'up1' })
    // The reading sockets have met the event loop in every second round only.
    if (rounds % 2 === 0) await new Promise(setImmediate)
    probes.prober.close()
    probes.prober.close()
    probes.send({ wan: 1 })
    closed.push(probes)
  }
  const closed: Probes[] = []
  let rounds = 0
  await round()
  // Handles are closed at the end of a turn of the event loop.
  for (let turns = 0; turns < 2; turns += 1) await new Promise(setImmediate)
  const atFirst = descriptors()
  for (rounds = 1; rounds <= 200; rounds += 1) await round()
  await waitFor(() => descriptors() <= atFirst, { what: 'all descriptors are closed' })
  const late = closed.flatMap((probes) => probes.reportedAfterClose)
  assert.deepEqual(late, [])
})

/** The local ports of this network's UDP sockets over IPv4. */
function udpPorts(): number[] {
  const [, ...lines] = readFileSync('/proc/net/udp', 'utf8').trimEnd().split('\n')
  return lines.map((line) =>
    Number.parseInt(/:\s+[0-9A-F]{8}:([0-9A-F]{4})/.exec(line)?.[1] ?? '', 16),
  )
}

function run(program: string, ...words: readonly string[]): void {
  execFileSync(program, words)
}
