/** Wrong policies, alone and beside WANs and each other. */
import { testRefused, two } from '../refused.ts'

const withPolicy = (fields: string): string => `${two}\npolicies: [{ ${fields} }]`

testRefused('policies', [
  [
    'without anything',
    `${two}policies: [{}]`,
    'policies[0].name: found nothing, expected a name like kids_tablet (a to z first, then a to z, 0 to 9 and _; at most 32)',
    'policies[0].from: found nothing, expected a list of addresses like [192.168.0.50], [host] or [all]',
    'policies[0].use: found nothing, expected a list of WANs like [secondary, primary], or [none] for no Internet',
  ],
  [
    'the reserved name, and one name twice',
    `${two}policies: [{ name: default, from: [all], use: [none] }, { name: a, from: [host], use: [none] }, { name: a, from: [all], use: [none] }]`,
    'policies[0].name: found "default", expected another name: default is reserved',
    'policies[2].name: found "a", expected another name: policies[1] has this one',
  ],
  [
    'empty lists where something must be given',
    withPolicy('name: a, from: [], use: []'),
    'policies[0].from: found an empty list, expected at least one address, network, MAC or host, or [all] for everyone',
    'policies[0].use: found an empty list, expected at least one WAN; for no Internet write [none]',
  ],
  [
    'a word where a list must stand',
    withPolicy('name: a, from: all, use: none'),
    'policies[0].from: found "all", expected a list of addresses like [192.168.0.50], [host] or [all]',
    'policies[0].use: found "none", expected a list of WANs like [secondary, primary], or [none] for no Internet',
  ],
  [
    'WANs that are not there, twice, or beside none',
    `${two}policies:
- { name: a, from: [all], use: [primry, tertiary] }
- { name: b, from: [all], use: [primary, primary] }
- { name: c, from: [all], use: [primary, none] }
- { name: d, from: [all], use: [7] }
default_policy: { use: [backup] }`,
    "policies[3].use[0]: found 7, expected a WAN's name, or none",
    'policies[0].use[0]: found "primry", expected the name of a WAN (primary or secondary) or none; did you mean primary?',
    'policies[0].use[1]: found "tertiary", expected the name of a WAN (primary or secondary) or none',
    'policies[1].use[1]: found "primary" again, expected each once: policies[1].use[0] has this one',
    'policies[2].use: found none together with WANs, expected none alone (no Internet), or WANs without it',
    'default_policy.use[0]: found "backup", expected the name of a WAN (primary or secondary) or none',
  ],
  [
    'a WAN while none is configured',
    'wans: []\ndefault_policy: { use: [primary] }',
    'default_policy.use[0]: found "primary", expected none, since there are no WANs',
  ],
  [
    'clients',
    withPolicy(
      'name: a, use: [none], from: [192.168.0.50/24, "2001:db8::1/64", 192.168.0.1/33, "aa:bb:cc:dd:ee", "01:00:5e:00:00:01", everyone, 5, ""]',
    ),
    'policies[0].from[0]: found "192.168.0.50/24", expected 192.168.0.0/24 for the whole network, or 192.168.0.50 for that one address',
    'policies[0].from[1]: found "2001:db8::1/64", expected 2001:db8::/64 for the whole network, or 2001:db8::1 for that one address',
    ...['"192.168.0.1/33"', '"aa:bb:cc:dd:ee"', '"01:00:5e:00:00:01"', '"everyone"', '5', '""'].map(
      (found, i) =>
        `policies[0].from[${i + 2}]: found ${found}, expected an address like 192.168.0.50, a network like 192.168.0.64/26, a MAC like aa:bb:cc:dd:ee:ff, host or all`,
    ),
  ],
  [
    'the same client in two spellings',
    withPolicy('name: a, use: [none], from: ["AA-BB-CC-DD-EE-FF", "aa:bb:cc:dd:ee:ff"]'),
    'policies[0].from[1]: found "aa:bb:cc:dd:ee:ff" again, expected each once: policies[0].from[0] has this one',
  ],
  [
    'ports',
    withPolicy(
      'name: a, use: [none], from: [all], protocol: tcp, ports: [0, "80-79", "443,80", 65536]',
    ),
    ...['0', '"80-79"', '"443,80"', '65536'].map(
      (found, i) =>
        `policies[0].ports[${i}]: found ${found}, expected a port like "443" or a range like "5000-5100", from 1 to 65535`,
    ),
  ],
  [
    'ports without a protocol that has them',
    `${two}policies: [{ name: a, from: [all], use: [none], ports: [80] }, { name: b, from: [all], use: [none], protocol: icmp, ports: [80] }, { name: c, from: [all], use: [none], protocol: sctp }]`,
    'policies[2].protocol: found "sctp", expected any, tcp, udp or icmp',
    'policies[0].ports: found ports with protocol any, expected protocol: tcp or protocol: udp, or no ports',
    'policies[1].ports: found ports with protocol icmp, expected protocol: tcp or protocol: udp, or no ports',
  ],
  [
    'families that never meet',
    withPolicy('name: a, use: [none], from: [192.168.0.5], to: ["2001:db8::/32"]'),
    'policies[0].to: found IPv6 networks only, expected IPv4 networks as in from, or a MAC there',
  ],
  [
    'more different lists than there are marks',
    JSON.stringify({
      wans: 'abcdef'.split('').map((name, i) => ({ name, gateway: `10.0.0.${i + 1}` })),
      policies: permutations('abcdef'.split(''))
        .slice(0, 224)
        .map((use, i) => ({ name: `p${i}`, from: ['all'], use })),
    }),
    'policies: found 224 different lists in use, expected at most 223; policies with the same list count once',
  ],
])

function permutations(names: readonly string[]): string[][] {
  if (names.length === 0) return [[]]
  return names.flatMap((first) =>
    permutations(names.filter((name) => name !== first)).map((rest) => [first, ...rest]),
  )
}
