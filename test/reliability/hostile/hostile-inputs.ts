/**
 * Everything that reads what comes from outside, with inputs made to break it: true ones with bytes,
 * words and values changed, cut or repeated. A reader may refuse, never throw, and never make more
 * of an input than a multiple of it.
 */
import * as v from 'valibot'
import { parseHosts } from '../../../src/devices/hosts-file.ts'
import { parseLeases } from '../../../src/devices/lease-files.ts'
import { readableName } from '../../../src/devices/readable-name.ts'
import { parseCommand, topicsBelow } from '../../../src/homeassistant/mqtt/topics.ts'
import { dataOf, refusal } from '../../../src/homeassistant/supervisor/answers.ts'
import { readAddresses, readLinks, readNeighbours } from '../../../src/kernel/reading/read-links.ts'
import { readRoutes } from '../../../src/kernel/reading/read-routes.ts'
import { readRules } from '../../../src/kernel/reading/read-rules.ts'
import { families } from '../../../src/model/address.ts'
import { bytesOf } from '../../../src/model/address-bytes.ts'
import { listedBlocks } from '../../../src/network/nft/listed-blocks.ts'
import { parseOptions } from '../../../src/options/parse-options.ts'
import { decodeArpReply } from '../../../src/probe/messages/arp-message.ts'
import { decodeResponse, encodeQuestion } from '../../../src/probe/messages/dns-message.ts'
import { decodeAnswer, encodeEchoRequest } from '../../../src/probe/messages/icmp-message.ts'
import { decodePacket, encodePacket } from '../../../src/probe/messages/ip-packet.ts'
import { offersDefaultRoute } from '../../../src/probe/messages/router-message.ts'
import { nameserversIn, serversIn } from '../../../src/resolvers/resolver-files.ts'
import {
  readCommand,
  readRange,
  readReportQuestion,
  readWayQuestion,
} from '../../../src/web/requests.ts'
import { twoWans } from '../../examples/example-snapshot.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { randomOptions } from '../../plan/random-options.ts'
import type { Random } from '../../random.ts'
import { brokenBytes, brokenText, brokenValue } from './breaking.ts'

export interface Reader {
  readonly what: string
  /** Makes an input and reads it; returns both, as text. */
  readonly read: (random: Random) => { readonly input: string; readonly output: string }
}

const topics = topicsBelow('wan_failover')
const known = { wans: ['primary', 'secondary'], targets: ['1.1.1.1', '2606:4700:4700::1111'] }
const dnsQuestion = { name: 'dns.google', type: 'A', class: 'IN' } as const

export const readers: readonly Reader[] = [
  ofText('an options file', (random) => randomOptions(random.below(500)), parseOptions),
  ofText('a command over MQTT', anyCommand, (text, random) => {
    const payload = new TextEncoder().encode(text)
    const topic = brokenText(random, random.pick(['mode/set', 'test_failover/set', 'policy/x/set']))
    const message = { topic: `wan_failover/${topic}`, payload, retained: random.chance(0.1) }
    return parseCommand(message, topics, twoWans)
  }),
  ofText('a command by the page', anyCommand, (text, random) =>
    readCommand(random.pick(['set_test', 'set_mode', 'fail_back'] as const), text, known),
  ),
  ofText(
    'a question to the page',
    (random) => random.pick(['192.168.0.50', '2001:db8::5', '1795255200000', '2026-11', 'csv']),
    (text) => [
      readRange({ from: text, to: `${text}0` }),
      readReportQuestion({ month: text, format: text }),
      readWayQuestion({ from: text, to: text }, known),
    ],
  ),
  ofText(
    "the Supervisor's answer",
    () => '{"result": "ok", "data": {"host": "core-mosquitto", "port": 1883}, "message": "no"}',
    (text, random) => [
      dataOf(text, '/services/mqtt', v.object({ host: v.string(), port: v.number() })),
      refusal({ status: random.pick([400, 401, 403, 404, 500, 999]), body: text }, '/network/info'),
    ],
  ),
  ofText(
    'the names of neighbours',
    (random) => random.pick(nameFiles),
    (text) => [
      parseHosts(text),
      ...(['dnsmasq', 'kea', 'isc'] as const).map((format) => parseLeases(text, format)),
      nameserversIn(text),
      serversIn(text.split('\n')),
      readableName(text),
    ],
  ),
  ofText("nft's listing", () => nftListing, listedBlocks),
  ofValues(
    "ip's links, addresses and neighbours",
    () => ipOutput,
    (entries) => {
      const log = new RecordedLog()
      return [readLinks(entries, log), readAddresses(entries, log), readNeighbours(entries, log)]
    },
  ),
  ofValues(
    "ip's rules and routes",
    () => ipOutput,
    (entries) =>
      families.map((family) => {
        const context = { family, log: new RecordedLog() }
        return [readRules(entries, context), readRoutes(entries, context)]
      }),
  ),
  ofBytes(
    'an answer to a DNS question',
    () => {
      const answer = encodeQuestion(1, dnsQuestion)
      answer.writeUInt16BE(0x8180, 2)
      return answer
    },
    (bytes) => decodeResponse(bytes, dnsQuestion),
  ),
  ofBytes(
    'an answer to a ping',
    (random) => {
      const payload = Buffer.from('0123456789abcdef')
      const family = random.pick(families)
      const echo = encodeEchoRequest({ family, id: 1, sequence: 2, payload })
      if (family === 'ipv6') return echo
      const [source, destination] = [bytesOf('1.1.1.1'), bytesOf('192.168.0.3')]
      return encodePacket({ source, destination, protocol: 1, ttl: 64 }, echo)
    },
    (bytes) => [...families.map((family) => decodeAnswer(family, bytes)), decodePacket(bytes)],
  ),
  ofBytes(
    'an answer of a neighbour',
    () => Buffer.from(`0001080006040002${'02'.repeat(20)}`, 'hex'),
    (bytes) => [decodeArpReply(bytes), offersDefaultRoute(bytes)],
  ),
]

function ofText(
  what: string,
  sound: (random: Random) => string,
  read: (text: string, random: Random) => unknown,
): Reader {
  return {
    what,
    read: (random) => {
      const input = brokenText(random, sound(random))
      return { input, output: textOf(read(input, random)) }
    },
  }
}

function ofBytes(
  what: string,
  sound: (random: Random) => Buffer,
  read: (bytes: Buffer) => unknown,
): Reader {
  return {
    what,
    read: (random) => {
      const input = brokenBytes(random, sound(random))
      return { input: input.toString('hex'), output: textOf(read(input)) }
    },
  }
}

function ofValues(
  what: string,
  sound: () => readonly unknown[],
  read: (entries: readonly unknown[]) => unknown,
): Reader {
  return {
    what,
    read: (random) => {
      const entries = Array.from({ length: 1 + random.below(4) }, () =>
        brokenValue(random, random.pick(sound())),
      )
      return { input: JSON.stringify(entries), output: textOf(read(entries)) }
    },
  }
}

function textOf(output: unknown): string {
  return JSON.stringify(output, (_, value: unknown) =>
    value instanceof Map ? [...value] : typeof value === 'bigint' ? String(value) : value,
  )
}

function anyCommand(random: Random): string {
  return random.pick(['ON', 'OFF', 'automatic', 'primary', '{"on": true}', '{"mode": "primary"}'])
}

const nameFiles = [
  '127.0.0.1\tlocalhost\n192.168.0.50 tablet tablet.lan # Anna’s\n',
  '1795255200 aa:bb:cc:dd:ee:ff 192.168.0.50 tablet *\nduid 00:01\n',
  'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,hostname\n192.168.0.50,aa:bb:cc:dd:ee:ff,,4000,1795255200,1,tablet\n',
  'lease 192.168.0.50 {\n  hardware ethernet aa:bb:cc:dd:ee:ff;\n  client-hostname "tablet";\n}\n',
  'nameserver 192.168.0.1\nnameserver fe80::1%eth0\nsearch lan\n',
]

const nftListing = `table inet wan_failover {
\tset neighbours_ipv4 {
\t\ttype ipv4_addr
\t\tflags interval
\t}

\tchain guard_wan1 {
\t\ttype filter hook postrouting priority srcnat; policy accept;
\t\toifname "eth0" counter packets 1 bytes 2 drop
\t}
}
`

/** As several versions of `ip -j` print it. */
const ipOutput: readonly unknown[] = [
  {
    ifindex: 2,
    ifname: 'eth0',
    flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
    mtu: 1500,
    operstate: 'UP',
    link_type: 'ether',
    address: '02:00:00:00:00:03',
    linkinfo: { info_kind: 'veth' },
  },
  {
    ifindex: 2,
    ifname: 'eth0',
    addr_info: [
      { family: 'inet', local: '192.168.0.3', prefixlen: 24, scope: 'global', label: 'eth0' },
      { family: 'inet6', local: '2001:db8::3', prefixlen: 64, scope: 'global', tentative: true },
    ],
  },
  { dst: '192.168.0.1', dev: 'eth0', lladdr: '02:00:00:00:01:01', state: ['REACHABLE'] },
  { priority: 10900, src: 'all', table: '100', protocol: '201' },
  {
    priority: 10895,
    src: '192.168.0.50',
    fwmark: '0x3000000',
    fwmask: '0xff000000',
    table: 'main',
  },
  { priority: 5, src: 'all', action: 'unreachable', ipproto: 'tcp', dport_start: 1, dport_end: 9 },
  { dst: 'default', gateway: '192.168.0.1', dev: 'eth0', metric: 100, flags: ['onlink'] },
  { type: 'unreachable', dst: '10.0.0.0/8', dev: 'lo', metric: 4_294_967_295, flags: [] },
  {
    dst: 'default',
    metric: 300,
    nexthops: [{ gateway: '192.168.0.1', dev: 'eth0', weight: 2, flags: [] }],
  },
]
