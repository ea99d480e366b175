/** Wrong tunnels, alone and beside the WANs that they ride on. */
import { type Row, testRefused, two } from '../refused.ts'

const peerKey = 'zY+8m1n0/2aZbVqk3w9sX5t7u1v3y5A7C9E1G3I5K7M='
const secret = 'SECRET8m1n0+2aZbVqk3w9sX5t7u1v3y5A7C9E1G3I0='
const keys = `endpoint: "vpn.example.org:51820", peer_key: "${peerKey}"`
const invitation =
  `wan-failover://vpn.example.org:51820/?peer_key=${encodeURIComponent(peerKey)}` +
  `&private_key=${encodeURIComponent(secret)}&address=203.0.113.80/32&inside=10.99.0.1`

/** One tunnel with these fields beside or instead of its own. */
const withTunnel = (fields: string): string =>
  `${two}tunnels: [{ name: home_ip, ${keys}, address: [203.0.113.80/32], ${fields} }]`
const invited = (fields: string): string =>
  `${two}tunnels: [{ name: home_ip, invitation: "${invitation}", ${fields} }]`
const dialled = (fields: string): string =>
  `${two}tunnels: [{ name: home_ip, kind: l2tp, endpoint: "l2tp.example.org:1701", ${fields} }]`

testRefused('tunnels', [
  ['a sound one', withTunnel('over: [secondary]')],
  ['a sound invitation', invited('over: [secondary, primary], keepalive: 25')],
  [
    'an unknown line',
    withTunnel('over: [secondry, primary]'),
    'tunnels[0].over[0]: found "secondry", expected the name of a WAN (primary or secondary); did you mean secondary?',
  ],
  [
    'none as a line',
    withTunnel('over: [none]'),
    'tunnels[0].over[0]: found "none", expected the name of a WAN (primary or secondary)',
  ],
  [
    'itself, and a line twice',
    withTunnel('over: [home_ip, primary, primary]'),
    'tunnels[0].over[2]: found "primary" again, expected each once: tunnels[0].over[1] has this one',
    'tunnels[0].over[0]: found "home_ip", expected a WAN that is no tunnel (primary or secondary): a tunnel on tunnels could ride on itself',
  ],
  [
    'two in a circle',
    `${two}tunnels:
  - { name: a, ${keys}, address: [203.0.113.80/32], over: [b] }
  - { name: b, ${keys}, address: [203.0.113.81/32], over: [a] }`,
    'tunnels[0].over[0]: found "b", expected a WAN that is no tunnel (primary or secondary): a tunnel on tunnels could ride on itself',
    'tunnels[1].over[0]: found "a", expected a WAN that is no tunnel (primary or secondary): a tunnel on tunnels could ride on itself',
  ],
  [
    'names of others, and names that look alike on the interface',
    `${two}tunnels:
  - { name: primary, ${keys}, address: [203.0.113.80/32] }
  - { name: the_same_name_a, ${keys}, address: [203.0.113.80/32] }
  - { name: the_same_name_b, ${keys}, address: [203.0.113.80/32] }
  - { name: the_same_name_a, ${keys}, address: [203.0.113.80/32] }`,
    'tunnels[0].name: found "primary", expected another name: wans[0] has this one',
    'tunnels[2].name: found "the_same_name_b", expected a name whose first 12 letters differ from those of tunnels[1]',
    'tunnels[3].name: found "the_same_name_a", expected another name: tunnels[1] has this one',
  ],
  [
    'neither invitation nor what it brings',
    `${two}tunnels: [{ name: home_ip }]`,
    'tunnels[0].endpoint: found nothing, expected the server like vpn.example.org:51820, or an invitation',
    "tunnels[0].peer_key: found nothing, expected the server's public key, or an invitation",
    'tunnels[0].address: found nothing, expected an IPv4 address like 203.0.113.80/32',
  ],
  [
    'other things than the invitation brings',
    invited(`endpoint: "other.example.org:1", peer_key: "${secret}", address: [203.0.113.81/32]`),
    ...['endpoint', 'peer_key', 'address'].map(
      (key) =>
        `tunnels[0].${key}: found another one than in the invitation, expected the same, or nothing: the invitation brings it`,
    ),
  ],
  [
    'an invitation that lost its end, which is not repeated',
    `${two}tunnels: [{ name: home_ip, invitation: "${invitation.replace(/&inside.*/, '')}" }]`,
    'tunnels[0].invitation: found a hidden string, expected the whole line that the server has printed; its inside is not an address like 10.99.0.1',
  ],
  [
    'secrets where a tunnel or a list should stand',
    `${two}tunnels: ["${invitation}"]`,
    'tunnels[0]: found a hidden string, expected a tunnel with name and invitation',
  ],
  [
    'the invitation instead of the list',
    `${two}tunnels: "${invitation}"`,
    'tunnels: found a hidden string, expected a list of tunnels, or []',
  ],
  ...['SECRET', `${secret}=`, 'ssl/home_ip.key', 5].map(
    (key): Row => [
      `the private key ${key}`,
      withTunnel(`private_key: ${JSON.stringify(key)}`),
      `tunnels[0].private_key: found a hidden ${typeof key}, expected a WireGuard key, or the path of its file like /ssl/home_ip.key`,
    ],
  ),
  [
    'a public key of another length',
    withTunnel(`over: []`).replace(peerKey, 'abc='),
    'tunnels[0].peer_key: found "abc=", expected a WireGuard key: 44 letters and digits, the last of them =',
  ],
  [
    'a server without its port',
    withTunnel('over: []').replace(':51820', ''),
    'tunnels[0].endpoint: found "vpn.example.org", expected a server with its port like vpn.example.org:51820 or [2001:db8::9]:51820',
  ],
  [
    'no IPv4 address',
    withTunnel('over: []').replace('203.0.113.80/32', '"2001:db8:80::/56"'),
    'tunnels[0].address: found IPv6 addresses only, expected an IPv4 address like 203.0.113.80/32',
  ],
  [
    'kinds and modes that are not there',
    withTunnel('kind: gre, mode: bond'),
    'tunnels[0].kind: found "gre", expected wireguard or l2tp',
    'tunnels[0].mode: found "bond", expected roaming or both',
  ],
  ['L2TP', dialled('username: house, password: "x y", over: [secondary]')],
  ['L2TP with an address', dialled('username: house, password: x, address: [203.0.113.80/32]')],
  [
    'L2TP without credentials',
    dialled('').replace('endpoint: "l2tp.example.org:1701", ', ''),
    'tunnels[0].endpoint: found nothing, expected the server like l2tp.example.org:1701',
    'tunnels[0].username: found nothing, expected the name that your provider has given you',
    'tunnels[0].password: found nothing, expected the password that your provider has given you',
  ],
  [
    'L2TP on two lines, with a key, to an IPv6 server',
    dialled(`username: house, password: x, mode: both, peer_key: "${peerKey}"`).replace(
      'l2tp.example.org',
      '[2001:db8::9]',
    ),
    "tunnels[0].peer_key: found one with kind: l2tp, expected nothing: it is WireGuard's",
    'tunnels[0].mode: found both with kind: l2tp, expected roaming: a server takes a second copy of L2TP for a new packet',
    'tunnels[0].endpoint: found an IPv6 address, expected a name, or an IPv4 address: xl2tpd speaks no IPv6 to its server',
  ],
  [
    'a password of several lines, which is not repeated',
    dialled('username: house, password: "SECRET\\nplugin x"'),
    'tunnels[0].password: found a hidden string, expected 1 to 255 letters, digits and signs in one line',
  ],
  [
    'a password for WireGuard',
    withTunnel('password: x'),
    'tunnels[0].password: found one with kind: wireguard, expected kind: l2tp, or nothing: WireGuard has keys',
  ],
  ['both lines', invited('mode: both')],
  [
    'both over one line',
    invited('mode: both, over: [secondary]'),
    'tunnels[0].mode: found both over secondary, expected roaming, or two lines in over',
  ],
  [
    'both where one costs money',
    invited('mode: both').replace('192.168.0.2 }', '192.168.0.2, metered: true }'),
    'tunnels[0].mode: found both over primary, expected roaming, two lines that are not metered, or both_metered: true',
  ],
  [
    'both where one costs money, and is meant',
    invited('mode: both, both_metered: true').replace(
      '192.168.0.2 }',
      '192.168.0.2, metered: true }',
    ),
  ],
  [
    'both without the server’s address inside',
    withTunnel('mode: both'),
    "tunnels[0].inside: found nothing, expected the server's address inside, like 10.99.0.1, or an invitation",
  ],
  [
    'both to a server of IPv6',
    withTunnel('mode: both, inside: 10.99.0.1').replace(
      'vpn.example.org:51820',
      '[2001:db8::1]:51820',
    ),
    'tunnels[0].mode: found both to 2001:db8::1, expected roaming, or a server with an IPv4 address: packets are copied over IPv4 only',
  ],
  [
    'a tunnel without any WAN',
    `wans: []\ntunnels: [{ name: home_ip, ${keys}, address: [203.0.113.80/32] }]`,
    'tunnels: found 0 WANs and 1 tunnels, expected a WAN that the tunnel can ride on',
  ],
  [
    'a tunnel in use that is not there',
    `${withTunnel('over: []')}\ndefault_policy: { use: [home_ip, home_pi] }`,
    'default_policy.use[1]: found "home_pi", expected the name of a WAN (primary, secondary or home_ip) or none; did you mean home_ip?',
  ],
  [
    'forwards',
    `${withTunnel('over: []')}\nforwards: [{ tunnel: home_ip, port: 443, to: 192.168.0.10 }]`,
  ],
  [
    'forwards of a tunnel that is not there, and of a port of everything',
    `${withTunnel('over: []')}
forwards:
  - { tunnel: home_pi, to: 192.168.0.10 }
  - { tunnel: home_ip, protocol: any, port: 443, to: 192.168.0.10 }`,
    'forwards[0].tunnel: found "home_pi", expected the name of a tunnel (home_ip); did you mean home_ip?',
    'forwards[1].port: found a port with protocol any, expected protocol: tcp or udp, or no port',
  ],
  [
    'an IPv6 forward of a tunnel that has IPv6',
    `${withTunnel('').replace('203.0.113.80/32', '203.0.113.80/32, "2001:db8:80::/56"')}
forwards: [{ tunnel: home_ip, port: 443, to: "2001:db8:80:1::10" }]`,
  ],
  [
    'an IPv6 forward of a tunnel that has none',
    `${withTunnel('')}\nforwards: [{ tunnel: home_ip, port: 443, to: "2001:db8:80:1::10" }]`,
    'forwards[0].to: found "2001:db8:80:1::10", expected an IPv4 address: the tunnel home_ip brings no IPv6 address or prefix',
  ],
  [
    'a forward without any tunnel',
    `${two}forwards: [{ tunnel: primary, port: 443, to: 192.168.0.10 }]`,
    'forwards[0].tunnel: found "primary", expected no forward, since there are no tunnels',
  ],
])
