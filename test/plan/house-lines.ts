/**
 * The routers and links that the random options and the random hosts speak of: because both take
 * from here, most WANs are found on most hosts, and some are not.
 */

/** A router that may be a WAN. */
export interface HouseLine {
  readonly link: string
  readonly gateway: string
  readonly gateways6: readonly string[]
  readonly mac: string
  /** Another link has a router of the same address, so the interface has to be told. */
  readonly twin?: true
}

/** The more often a link stands here, the more WANs are on it. */
export const houseLines: readonly HouseLine[] = [
  line(1, 'eth0', '192.168.0.1', ['fe80::1', '2001:db8:a::1', 'fd00:a::1']),
  line(2, 'eth0', '192.168.0.2', ['fe80::2', '2001:db8:b::1']),
  line(3, 'eth0', '192.168.0.254', ['fe80::fe']),
  line(4, 'eth0', '192.168.0.9', []),
  line(5, 'eth1', '192.168.1.1', ['fe80::1', '2001:db8:1::1']),
  line(6, 'eth1', '192.168.1.254', ['fe80::fe', '2001:db8:1::fe']),
  line(7, 'eth2', '10.20.0.1', ['fe80::20', '2001:db8:2::1']),
  line(8, 'eth0.7', '203.0.113.1', ['2001:db8:7::1', 'fe80::7']),
  { ...line(9, 'usb0', '192.168.8.1', ['fe80::8']), twin: true },
  { ...line(10, 'usb1', '192.168.8.1', []), twin: true },
  line(11, 'wwan0', '10.64.0.5', ['fe80::64']),
  line(12, 'wlan0', '172.20.10.1', ['fe80::a', '2001:db8:20::1']),
  line(13, 'ppp0', '100.64.0.1', ['fe80::99']),
  line(14, 'eth9', '192.168.9.1', ['fe80::9']),
]

/** What this host has on its links, where it has them. */
export const ownAddresses: Readonly<Record<string, readonly string[]>> = {
  eth0: ['192.168.0.3/24', '2001:db8:a::3/64', '2001:db8:b::3/64', 'fd00:a::3/64', 'fe80::3/64'],
  eth1: ['192.168.1.2/24', '2001:db8:1::2/64', 'fe80::3/64'],
  eth2: ['10.20.0.2/30', '2001:db8:2::2/64'],
  'eth0.7': ['203.0.113.9/24', '2001:db8:7::9/64'],
  usb0: ['192.168.8.100/24', 'fe80::3/64'],
  usb1: ['192.168.8.101/24'],
  wwan0: ['10.64.0.6/30', 'fe80::3/64'],
  wlan0: ['172.20.10.4/28', '2001:db8:20::4/64'],
  ppp0: ['100.64.0.7/32', 'fe80::7/64'],
  lan1: ['10.5.0.1/24', 'fd00:5::1/64'],
  docker0: ['172.17.0.1/16'],
  hassio: ['172.30.32.1/23'],
  wg0: ['10.8.0.1/24'],
  tun0: ['10.8.1.6/24'],
  tailscale0: ['100.100.1.1/32'],
}

/** Who asks for the Internet: devices, this host, and strangers. */
export const clients = {
  ipv4: [
    '192.168.0.50',
    '192.168.0.51',
    '192.168.0.66',
    '192.168.0.200',
    '192.168.1.30',
    '10.5.0.20',
    '172.30.33.4',
    '192.168.0.3',
    '192.168.1.2',
    '10.20.0.2',
    '203.0.113.9',
  ],
  ipv6: ['fd00:a::50', 'fd00:5::20', '2001:db8:a::50', '2001:db8:a::3', '2001:db8:1::2'],
} as const

export const clientMacs = ['02:aa:00:00:00:01', '02:aa:00:00:00:02', '02:aa:00:00:00:03']

function line(number: number, link: string, gateway: string, gateways6: string[]): HouseLine {
  const mac = `02:00:00:00:01:${number.toString(16).padStart(2, '0')}`
  return { link, gateway, gateways6, mac }
}
