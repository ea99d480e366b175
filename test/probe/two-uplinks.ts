/**
 * Two WANs on two interfaces, each ending in a namespace of its own where the same well-known
 * addresses answer: only the counters there tell which way a probe went. The rules and tables are
 * those of DESIGN, set by hand. To be used in a private network namespace only.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { markMask, priorities, probeMark, probePorts } from '../../src/model/marks.ts'
import type { EchoMode, UplinkCommand, UplinkMessage } from './uplink-server.ts'

export type Counted = 'icmp' | 'udp' | 'tcp' | 'icmpv6' | 'udp6' | 'tcp6'

export class TwoUplinks {
  readonly #uplinks: readonly Uplink[]

  static async start(): Promise<TwoUplinks> {
    run('ip link set lo up')
    run('sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0')
    const uplinks = [new Uplink(0), new Uplink(1)]
    const lab = new TwoUplinks(uplinks)
    try {
      await Promise.all(uplinks.map((uplink) => uplink.started()))
      for (const uplink of uplinks) {
        uplink.connect()
        await uplink.serve()
        addRules(uplink.wan)
      }
      lab.leadMainThrough(0)
      return lab
    } catch (error) {
      lab.stop()
      throw error
    }
  }

  constructor(uplinks: readonly Uplink[]) {
    this.#uplinks = uplinks
  }

  uplink(wan: number): Uplink {
    const uplink = this.#uplinks[wan]
    if (uplink === undefined) throw new Error(`the lab has no uplink ${wan}`)
    return uplink
  }

  /** The way of everything that isn't pinned: where a probe that leaks would go. */
  leadMainThrough(wan: number): void {
    run(`ip route replace default via 192.168.${10 + wan}.1`)
    run(`ip -6 route replace default via fd00:${10 + wan}::1`)
  }

  stop(): void {
    for (const uplink of this.#uplinks) uplink.stop()
  }
}

export class Uplink {
  readonly wan: number
  readonly link: string
  readonly gateway: string
  readonly publicAddress: string
  readonly #process: ChildProcess

  constructor(wan: number) {
    this.wan = wan
    this.link = `up${wan}`
    this.gateway = `192.168.${10 + wan}.1`
    this.publicAddress = `203.0.113.${wan + 1}`
    const server = fileURLToPath(new URL('uplink-server.ts', import.meta.url))
    const command = ['--net', process.execPath, server, this.publicAddress]
    this.#process = spawn('unshare', command, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  }

  started(): Promise<void> {
    return this.heard('ready')
  }

  serve(): Promise<void> {
    return this.#command({ kind: 'start' }, 'started')
  }

  echo(mode: EchoMode): Promise<void> {
    return this.#command({ kind: 'echo', mode }, 'echo_set')
  }

  /** Resolves at the server's next message of this kind. */
  async heard(kind: UplinkMessage['kind']): Promise<void> {
    const signal = AbortSignal.timeout(5000)
    for (;;) {
      const [message] = (await once(this.#process, 'message', { signal })) as [UplinkMessage]
      if (message.kind === kind) return
    }
  }

  /** Makes the link anew, with its addresses and routes. */
  connect(): void {
    const subnet = 10 + this.wan
    run(`ip link add ${this.link} type veth peer name lan netns ${this.#process.pid}`)
    run(`ip addr add 192.168.${subnet}.2/24 dev ${this.link}`)
    run(`ip addr add fd00:${subnet}::2/64 dev ${this.link} nodad`)
    run(`ip link set ${this.link} up`)
    this.inside(`ip addr add 192.168.${subnet}.1/24 dev lan`)
    this.inside(`ip addr add fd00:${subnet}::1/64 dev lan nodad`)
    this.inside('ip link set lan up')
    this.inside('sysctl -qw net.ipv4.ip_forward=1')
    run(`ip route replace default via 192.168.${subnet}.1 table ${100 + this.wan}`)
    run(`ip -6 route replace default via fd00:${subnet}::1 table ${100 + this.wan}`)
    this.inside(`nft ${counters}`)
  }

  disconnect(): void {
    run(`ip link del ${this.link}`)
  }

  /** A dead upstream: everything is swallowed, even the gateway's own answers. */
  swallow(on: boolean): void {
    this.inside(on ? 'nft add rule inet lab swallow drop' : 'nft flush chain inet lab swallow')
  }

  /** Packets that arrived here since the link was made. */
  count(what: Counted): number {
    const text = this.inside(`nft list counter inet lab n_${what}`)
    return Number(/packets (\d+)/.exec(text)?.[1])
  }

  inside(command: string): string {
    return run(`nsenter -t ${this.#process.pid} -n ${command}`)
  }

  stop(): void {
    this.#process.kill('SIGKILL')
  }

  async #command(command: UplinkCommand, done: UplinkMessage['kind']): Promise<void> {
    const heard = this.heard(done)
    this.#process.send(command)
    await heard
  }
}

export function run(command: string): string {
  const [program = '', ...words] = command.split(' ')
  return execFileSync(program, words, { encoding: 'utf8', timeout: 10_000 })
}

export function addRules(wan: number): void {
  const table = 100 + wan
  const { first, last } = probePorts(wan)
  const mark = `0x${probeMark(wan).toString(16)}/0x${markMask.toString(16)}`
  const ports = (protocol: 'udp' | 'tcp') => `iif lo ipproto ${protocol} sport ${first}-${last}`
  const rules = [
    [priorities.probeMark(wan), `fwmark ${mark}`],
    [priorities.probePort(wan, 'udp'), ports('udp')],
    [priorities.probePort(wan, 'tcp'), ports('tcp')],
  ] as const
  for (const [priority, selector] of rules) {
    for (const family of ['-4', '-6']) {
      run(`ip ${family} rule add priority ${priority} ${selector} lookup ${table}`)
      run(`ip ${family} rule add priority ${priority + 1} ${selector} unreachable`)
    }
  }
}

const counted: Readonly<Record<Counted, string>> = {
  icmp: 'icmp type echo-request',
  udp: 'meta nfproto ipv4 meta l4proto udp',
  tcp: 'meta nfproto ipv4 tcp flags & (syn|ack) == syn',
  icmpv6: 'icmpv6 type echo-request',
  udp6: 'meta nfproto ipv6 meta l4proto udp',
  tcp6: 'meta nfproto ipv6 tcp flags & (syn|ack) == syn',
}

/** nft takes its words as one text. */
const counters = [
  'add table inet lab; flush table inet lab;',
  ...Object.keys(counted).map((name) => `add counter inet lab n_${name};`),
  'add chain inet lab counting { type filter hook prerouting priority -10; };',
  'add chain inet lab swallow { type filter hook prerouting priority 0; };',
  ...Object.entries(counted).map(
    ([name, match]) => `add rule inet lab counting iifname lan ${match} counter name n_${name};`,
  ),
].join(' ')
