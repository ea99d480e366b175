/** Wrong WANs, alone and beside each other. */
import { type Row, testRefused } from '../refused.ts'

/** Two WANs; `primary` with these fields beside or instead of its own. */
const withPrimary = (fields: string): string =>
  `wans: [{ name: primary, ${fields} }, { name: secondary, gateway: 192.168.0.2 }]`

const nineWans = JSON.stringify({
  wans: Array.from({ length: 9 }, (_, i) => ({ name: `wan${i}`, gateway: `192.168.${i}.1` })),
})

const nameForm =
  'expected a name like primary (a to z first, then a to z, 0 to 9 and _; at most 32)'

testRefused('WANs', [
  ['nine', nineWans, 'wans: found 9 WANs, expected 2 to 8 WANs, or [] to observe only'],
  [
    'none of them a mapping',
    'wans: [primary, [secondary]]',
    'wans[0]: found "primary", expected a WAN with name and gateway',
    'wans[1]: found a list with 1 entry, expected a WAN with name and gateway',
  ],
  [
    'a mapping in place of the list',
    'wans: { primary: 192.168.0.1 }',
    'wans: found a mapping with primary, expected a list of 2 to 8 WANs, or [] to observe only',
  ],
  [
    'names',
    'wans: [{ name: Primary, gateway: 10.0.0.1 }, { name: auto, gateway: 10.0.0.2 }, { name: 5, gateway: 10.0.0.3 }, { name: "a b", gateway: 10.0.0.4 }, { gateway: 10.0.0.5 }]',
    `wans[0].name: found "Primary", ${nameForm}`,
    'wans[1].name: found "auto", expected another name: auto is reserved',
    `wans[2].name: found 5, ${nameForm}`,
    `wans[3].name: found "a b", ${nameForm}`,
    `wans[4].name: found nothing, ${nameForm}`,
  ],
  [
    'the same name and table twice',
    `wans:
- { name: a, gateway: 10.0.0.1, table: 101 }
- { name: a, gateway: 10.0.0.2 }
- { name: c, gateway: 10.0.0.3, table: 101 }`,
    'wans[1].name: found "a", expected another name: wans[0] has this one',
    'wans[1].table: found 101 (by its position), expected a table of its own: wans[0] has this one',
    'wans[2].table: found 101, expected a table of its own: wans[0] has this one',
  ],
  [
    'a refused table does not fall back to that of its position, which another has',
    `wans:
  - { name: a, gateway: 10.0.0.1, table: 101 }
  - { name: b, gateway: 10.0.0.2, table: 255 }`,
    'wans[1].table: found 255, expected a table from 1 to 252 or from 256 to 2147483647',
  ],
  ...[0, 253, 254, 255, 1.5, -1, 2147483648].map(
    (table): Row => [
      `table ${table}`,
      withPrimary(`gateway: 192.168.0.1, table: ${table}`),
      `wans[0].table: found ${table}, expected a table from 1 to 252 or from 256 to 2147483647`,
    ],
  ),
  ...['fe80::1', '192.168.1', '010.0.0.1', '0x0a.0.0.1', '224.0.0.1', '0.0.0.0'].map(
    (gateway): Row => [
      `gateway ${gateway}`,
      withPrimary(`gateway: "${gateway}"`),
      `wans[0].gateway: found "${gateway}", expected an IPv4 address like 192.168.0.2, auto, or none for a line without a gateway (PPPoE, LTE)`,
    ],
  ),
  ...['192.168.0.1', 'fe80::1%eth0', 'ff02::1', '::', '::1', '::ffff:10.0.0.1'].map(
    (gateway6): Row => [
      `gateway6 ${gateway6}`,
      withPrimary(`gateway: 192.168.0.1, gateway6: "${gateway6}"`),
      `wans[0].gateway6: found "${gateway6}", expected an IPv6 address like fe80::1 (without %interface), auto, link or none`,
    ],
  ),
  [
    'no gateway and no interface',
    withPrimary('gateway: none'),
    'wans[0].interface: found nothing, expected the interface of the line, like ppp0 (gateway: none)',
  ],
  [
    'auto without an interface',
    withPrimary('gateway: auto'),
    'wans[0].interface: found nothing, expected the interface, like eth0, whose default route names the gateway (gateway: auto)',
  ],
  ...['eth0 ; reboot', 'a-name-of-sixteen', 'lo', '-eth', 'eth0#'].map(
    (name): Row => [
      `interface ${name}`,
      withPrimary(`gateway: auto, interface: "${name}"`),
      `wans[0].interface: found "${name}", expected the name of an interface like eth0 (at most 15 letters, digits and . _ -; not lo) or its MAC`,
    ],
  ),
  [
    'numbers out of range and of the wrong type',
    withPrimary(
      'gateway: 192.168.0.1, cap_mb: -1, billing_day: 29, weight: 1.5, metered: "yes", inbound: closed',
    ),
    'wans[0].metered: found "yes", expected true or false',
    'wans[0].cap_mb: found -1, expected a whole number from 0 to 1000000000',
    'wans[0].billing_day: found 29, expected a whole number from 1 to 28',
    'wans[0].weight: found 1.5, expected a whole number from 1 to 256',
    'wans[0].inbound: found "closed", expected open or established',
  ],
  [
    'the same gateway on the same interface',
    `wans:
- { name: a, gateway: 10.0.0.1, interface: eth0 }
- { name: b, gateway: 10.0.0.1, interface: eth0 }
- { name: c, gateway: auto, interface: eth1 }
- { name: d, gateway: auto, interface: eth1 }`,
    'wans[1].gateway: found "10.0.0.1", expected another gateway or another interface: wans[0] has the same two',
    'wans[3].gateway: found "auto", expected another gateway or another interface: wans[2] has the same two',
  ],
  [
    'the same gateway, and one does not say on which interface',
    withPrimary('gateway: 192.168.0.2, interface: eth0'),
    'wans[1].gateway: found "192.168.0.2", expected an interface for both: wans[0] has the same gateway',
  ],
  [
    'targets of its own',
    withPrimary(
      'gateway: 192.168.0.1, targets: [router, 1.1.1.1/32, 127.0.0.1, 2001:db8::1, 192.0.2.1, 192.0.2.1]',
    ),
    ...['router', '1.1.1.1/32', '127.0.0.1'].map(
      (target, i) =>
        `wans[0].targets[${i}]: found "${target}", expected an address like 203.0.113.1 or 2001:db8::1`,
    ),
    'wans[0].targets[5]: found "192.0.2.1" again, expected each once: wans[0].targets[4] has this one',
    'wans[0].targets[3]: found "2001:db8::1", expected an IPv4 address, or a gateway6: this WAN has no IPv6',
  ],
  [
    'targets that are no list',
    withPrimary('gateway: 192.168.0.1, targets: 1.1.1.1'),
    'wans[0].targets: found "1.1.1.1", expected a list of addresses like [203.0.113.1]',
  ],
  [
    'the same IPv6 gateway on the same interface',
    `wans:
- { name: a, gateway: 10.0.0.1, interface: eth0, gateway6: fe80::1 }
- { name: b, gateway: 10.0.0.2, interface: eth0, gateway6: fe80::1 }`,
    'wans[1].gateway6: found "fe80::1", expected another gateway or none: wans[0] has the same on the same interface',
  ],
])
