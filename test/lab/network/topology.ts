/**
 * A plan as commands: the cables, and what each machine does with its ends of them. Pure text;
 * Lab carries it out. Every sysctl that a test may hang on is written, because a new namespace
 * inherits IPv4's from the machine.
 */
import { type LabPlan, upstreamOf, type WanNumber, type WanPlan } from './plan.ts'

/** Everything but the host, in the order in which they are started. */
export const machineNames = [
  'internet',
  'switch',
  'gateway1',
  'gateway2',
  'client1',
  'client2',
] as const

export type MachineName = (typeof machineNames)[number]
export type Pids = Readonly<Record<MachineName, number>>

/** `[path below /proc/sys/net, value]` */
export type Sysctl = readonly [string, string]

/** The host as Debian and HAOS have it, the redirects of which are the trap of one subnet. */
export function hostSysctls(forwarding: boolean): readonly Sysctl[] {
  return [
    ['ipv4/ip_forward', forwarding ? '1' : '0'],
    ['ipv6/conf/all/forwarding', forwarding ? '1' : '0'],
    ...['all', 'default'].flatMap((scope): Sysctl[] => [
      [`ipv4/conf/${scope}/send_redirects`, '1'],
      [`ipv4/conf/${scope}/rp_filter`, '0'],
      [`ipv6/conf/${scope}/accept_ra`, '0'],
      [`ipv6/conf/${scope}/accept_dad`, '0'],
    ]),
  ]
}

/**
 * Lines for `ip -batch` in the host: cables between namespaces without a name on the way. Each end
 * has an index that no other end has: where both ends have the same one, the kernel takes a veth
 * for a real NIC and delays news of its carrier by up to a second.
 */
export function cables(plan: LabPlan, pids: Pids): string[] {
  const { internet, switch: crossbar } = pids
  return [
    ...hostInterfaces(plan).map((name) => hostCable(name, crossbar)),
    ...([1, 2] as const).flatMap((n) => {
      const gateway = `netns ${pids[`gateway${n}`]}`
      const client = `netns ${pids[`client${n}`]} address ${plan.clients[n - 1]?.mac}`
      return [
        cable(
          `lan ${gateway} address 02:00:00:00:00:0${n}`,
          `gateway${n} netns ${crossbar}`,
          200 + n,
        ),
        cable(`wan ${gateway}`, `wan${n} netns ${internet}`, 300 + n),
        cable(`eth0 ${client}`, `client${n} netns ${crossbar}`, 400 + n),
      ]
    }),
  ]
}

/**
 * `plugged` counts how often the cable was plugged in before: the same MAC each time, as a stick
 * has it, and another interface index.
 */
export function hostCable(name: string, switchPid: number, plugged = 0): string {
  const last = { eth0: 3, wan1: 4, wan2: 5, wwan0: 6 }[name] ?? 7
  const own = `address 02:00:00:00:00:0${last} index ${10 * (plugged + 1) + last}`
  const port = `${hostPort(name)} index ${10_000 + last} netns ${switchPid}`
  return `link add ${name} ${own} type veth peer name ${port}`
}

function cable(one: string, other: string, index: number): string {
  return `link add ${one} index ${index} type veth peer name ${other} index ${index + 50}`
}

/** The switch's end of one of the host's cables. */
export function hostPort(hostInterface: string): string {
  return `host-${hostInterface}`
}

export function hostInterfaces(plan: LabPlan): string[] {
  return [...new Set([plan.lan.interface, ...plan.wans.map((wan) => wan.interface)])]
}

export function hostLines(plan: LabPlan): string[] {
  const names = hostInterfaces(plan)
  return [
    'link set lo up',
    ...names.flatMap((name) => hostLinkLines(plan, name)),
    ...names.flatMap((name) => hostRouteLines(plan, name)),
  ]
}

/** Addresses of one of the host's interfaces, and up. */
export function hostLinkLines(plan: LabPlan, name: string): string[] {
  const { lan, wans } = plan
  const own = wans.filter((wan) => wan.interface === name)
  const v4 = new Set(own.map((wan) => `${wan.hostAddress}/${wan.prefixLength}`))
  if (name === lan.interface && own.length === 0) v4.add(`${lan.hostAddress}/24`)
  const v6 = new Set(own.flatMap((wan) => (wan.hostAddress6 === null ? [] : [wan.hostAddress6])))
  if (name === lan.interface) for (const prefix of lan.prefixes6) v6.add(`${prefix}3`)
  // Of equally good source addresses the kernel takes the one added last: the first WAN's.
  return [
    ...(plan.ipv6 ? [`link set ${name} addrgenmode none`] : []),
    ...[...v4].map((address) => `address add ${address} dev ${name}`),
    `link set ${name} up`,
    ...(plan.ipv6 ? [`address add fe80::3/64 dev ${name} nodad`] : []),
    ...[...v6].toReversed().map((address) => `address add ${address}/64 dev ${name} nodad`),
  ]
}

/** The defaults in `main` that a DHCP client would have put there. */
export function hostRouteLines(plan: LabPlan, name: string): string[] {
  return plan.wans.filter((wan) => wan.interface === name).flatMap(defaultLines)
}

export function defaultLines(wan: WanPlan): string[] {
  if (wan.metric === null) return []
  const rest = `dev ${wan.interface} proto dhcp metric ${wan.metric}`
  const v4 = `route replace default via ${wan.gateway} ${rest}`
  if (wan.gateway6 === null) return [v4]
  return [v4, `route replace ::/0 via ${wan.gateway6} ${rest}`]
}

/** What a machine runs once its cables are there; each is a program for `sh -e`. */
export function machineScripts(plan: LabPlan): Readonly<Record<MachineName, string>> {
  return {
    internet: internetScript(plan),
    switch: switchScript(plan),
    gateway1: gatewayScript(plan, 1),
    gateway2: gatewayScript(plan, 2),
    client1: clientScript(plan, 0),
    client2: clientScript(plan, 1),
  }
}

function internetScript(plan: LabPlan): string {
  const lines = ([1, 2] as const).flatMap((n) => {
    const { internet, internet6, own6 } = upstreamOf(n)
    return [
      `address add ${internet}/29 dev wan${n}`,
      `link set wan${n} up`,
      ...(plan.ipv6
        ? [
            `address add ${internet6}/64 dev wan${n} nodad`,
            `route add 2001:db8:${n}::/64 via ${own6}`,
          ]
        : []),
    ]
  })
  const own = [
    ...plan.targets.map((target) => `address add ${target}/32 dev lo`),
    ...plan.targets6.map((target) => `address add ${target}/128 dev lo nodad`),
  ]
  return `${routerSysctls}\n${batch(['link set lo up', ...own, ...lines])}\n${nft(whichWanRules)}`
}

/**
 * The echo server is told by its port through which WAN a packet came: the sender's address tells
 * it for IPv4 only. The asker sees port 7001 in both directions. No connection tracking is used.
 */
const whichWanRules = `table inet which_wan {
  chain arriving {
    type filter hook prerouting priority raw;
    iifname "wan1" udp dport 7001 udp dport set 7011
    iifname "wan2" udp dport 7001 udp dport set 7012
  }
  chain leaving {
    type filter hook output priority raw;
    udp sport { 7011, 7012 } udp sport set 7001
  }
}`

function switchScript(plan: LabPlan): string {
  const ports = [
    ...hostInterfaces(plan).map((name): [string, string] => [
      hostPort(name),
      segmentOf(plan, name),
    ]),
    ...plan.wans.map((wan): [string, string] => [`gateway${wan.number}`, wan.segment]),
    ...['client1', 'client2'].map((name): [string, string] => [name, 'lan']),
  ]
  const segments = [...new Set(ports.map(([, segment]) => segment))]
  return batch([
    ...segments.flatMap((name) => [
      `link add ${name} type bridge mcast_snooping 0`,
      `link set ${name} up`,
    ]),
    ...ports.map(([port, segment]) => `link set ${port} master ${segment} up`),
  ])
}

export function segmentOf(plan: LabPlan, hostInterface: string): string {
  return plan.wans.find((wan) => wan.interface === hostInterface)?.segment ?? 'lan'
}

function gatewayScript(plan: LabPlan, number: WanNumber): string {
  const { gateway, prefixLength, prefix6, publicAddress } = plan.wans[number - 1] as WanPlan
  const { own6 } = upstreamOf(number)
  return [
    routerSysctls,
    batch([
      'link set lo up',
      ...(plan.ipv6 ? ['link set lan addrgenmode none'] : []),
      `address add ${gateway}/${prefixLength} dev lan`,
      `address add ${publicAddress}/29 dev wan`,
      'link set lan up',
      'link set wan up',
      ...(plan.ipv6
        ? [
            `address add fe80::${number}/64 dev lan nodad`,
            `address add ${prefix6}1/64 dev lan nodad`,
            `address add ${own6}/64 dev wan nodad`,
          ]
        : []),
      ...upstreamLines(plan, number),
    ]),
    nft(gatewayRules),
  ].join('\n')
}

/** The gateway's way to the Internet. */
export function upstreamLines(plan: LabPlan, number: WanNumber): string[] {
  const { internet, internet6 } = upstreamOf(number)
  const v4 = `route replace default via ${internet} dev wan`
  return plan.ipv6 ? [v4, `route replace ::/0 via ${internet6} dev wan`] : [v4]
}

/** A home router: NAT for IPv4, nothing new from outside but forwarded ports, a strict firewall. */
const gatewayRules = `table inet gateway {
  chain forwarded_ports {
    type nat hook prerouting priority dstnat;
  }
  chain postrouting {
    type nat hook postrouting priority srcnat;
    oifname "wan" meta nfproto ipv4 masquerade
  }
  chain forward {
    type filter hook forward priority filter;
    ct state invalid drop
    ct status dnat accept
    iifname "wan" ct state new drop
  }
  chain input {
    type filter hook input priority filter;
    iifname "wan" meta l4proto { tcp, udp } ct state new drop
  }
}`

function clientScript(plan: LabPlan, index: 0 | 1): string {
  const { address, addresses6 } = plan.clients[index]
  return [
    sysctls([
      ...everywhere('ipv4', { accept_redirects: 1, secure_redirects: 1, rp_filter: 0 }),
      ...everywhere('ipv6', { accept_redirects: 1, accept_ra: 0, accept_dad: 0 }),
    ]),
    batch([
      'link set lo up',
      `address add ${address}/24 dev eth0`,
      'link set eth0 up',
      ...addresses6.toReversed().map((own) => `address add ${own}/64 dev eth0 nodad`),
      `route add default via ${plan.lan.hostAddress} dev eth0`,
      ...(plan.ipv6 ? [`route add ::/0 via ${plan.lan.hostLinkLocal} dev eth0`] : []),
    ]),
  ].join('\n')
}

// accept_local: the slow line hands the Internet's own answers back to it, to be sent on.
const routerSysctls = sysctls([
  ['ipv4/ip_forward', '1'],
  ['ipv6/conf/all/forwarding', '1'],
  ...everywhere('ipv4', { rp_filter: 0, accept_local: 1, send_redirects: 1 }),
  ...everywhere('ipv6', { accept_ra: 0, accept_dad: 0 }),
])

function everywhere(family: string, values: Readonly<Record<string, number>>): Sysctl[] {
  // Links that exist keep what `default` said when they were made, and `all` isn't always asked.
  const scopes = ['all', 'default', '*']
  return Object.entries(values).flatMap(([name, value]) =>
    scopes.map((scope): Sysctl => [`${family}/conf/${scope}/${name}`, String(value)]),
  )
}

function sysctls(values: readonly Sysctl[]): string {
  return values
    .map(([path, value]) => `for f in /proc/sys/net/${path}; do echo ${value} > "$f"; done`)
    .join('\n')
}

function batch(lines: readonly string[]): string {
  return `ip -batch - <<'END'\n${lines.join('\n')}\nEND`
}

function nft(ruleset: string): string {
  return `nft -f - <<'END'\n${ruleset}\nEND`
}
