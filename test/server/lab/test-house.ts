/**
 * A house that has its tunnel on two lines at once: the least that can be a client of a server. It
 * takes an invitation whole, as a user pastes it.
 */

import { endpointText } from '../../../src/model/tunnel/endpoint.ts'
import { type Invitation, readInvitation } from '../../../src/model/tunnel/invitation.ts'
import { Agent } from '../../lab/agents/agent.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { waitFor } from '../../wait-for.ts'
import { lines } from './server-lab.ts'

const port = 51_820
const link = 'wg-house'
const helloPort = (line: number) => 52_000 + line

export interface TestHouseOptions {
  /** Each packet on both lines; else on the first, and no hello. */
  readonly both?: boolean
}

export class TestHouse {
  readonly node: LabNode
  readonly invitation: Invitation
  readonly address: string
  /** Where the server saw each line last. */
  readonly seenAt = new Map<number, string>()
  #agent: Agent | null = null

  private constructor(node: LabNode, invitation: Invitation) {
    this.node = node
    this.invitation = invitation
    this.address = invitation.address[0]?.split('/')[0] ?? ''
  }

  static async move(node: LabNode, text: string, options: TestHouseOptions = {}) {
    const invitation = readInvitation(text)
    if (typeof invitation === 'string') throw new Error(invitation)
    const house = new TestHouse(node, invitation)
    await node.run('wireguard-go', link)
    await house.#configure()
    if (options.both === true) await house.#goBothWays()
    return house
  }

  /** Another invitation of the same server. */
  async rekey(text: string): Promise<TestHouse> {
    await this.#agent?.stop()
    await this.node.run('ip', 'link', 'delete', link)
    await this.node.script('ip rule del pref 100; nft flush ruleset')
    return await TestHouse.move(this.node, text, { both: this.#agent !== null })
  }

  async waitForHandshake(): Promise<void> {
    await waitFor(
      async () => /\t[1-9]/.test(await this.node.run('wg', 'show', link, 'latest-handshakes')),
      { deadlineMs: 20_000, what: 'a handshake of the house' },
    )
  }

  /** Echoes of `to`, from the house's address: `count` of them, 5 ms apart. */
  async ping(to: string, count: number) {
    const words = ['-n', '-D', '-i', '0.005', '-c', String(count), '-W', '2', '-I', this.address]
    const text = await this.node.run('ping', ...words, to).catch((error: unknown) => String(error))
    const received = [...text.matchAll(/\[([\d.]+)\] \d+ bytes from .* icmp_seq=(\d+) ttl/g)]
    const times = received.map(([, time]) => Number(time) * 1000)
    const gaps = times.slice(1).map((time, nth) => time - (times[nth] ?? time))
    return {
      lost: count - new Set(received.map(([, , sequence]) => sequence)).size,
      duplicates: received.length - new Set(received.map(([, , sequence]) => sequence)).size,
      longestGapMs: Math.max(0, ...gaps),
    }
  }

  async #configure(): Promise<void> {
    const { endpoint, peerKey, privateKey, address } = this.invitation
    const allowed = 'allowed-ips 0.0.0.0/0,::/0 persistent-keepalive 1'
    await this.node.script(`
      echo '${privateKey}' | wg set ${link} listen-port ${port} private-key /dev/stdin \\
        peer ${peerKey} endpoint ${endpointText(endpoint)} ${allowed}
      ${address.map((one) => `ip address add ${one} dev ${link} ${one.includes(':') ? 'nodad' : ''}`).join('\n')}
      ip link set ${link} mtu 1380 up
      ip rule add pref 100 from ${this.address} lookup 100
      ip route add default dev ${link} table 100
      ip route add ${this.invitation.inside} dev ${link}
      ip -6 route add default dev ${link}`)
  }

  async #goBothWays(): Promise<void> {
    const { endpoint, peerKey, privateKey, inside } = this.invitation
    const family = endpoint.host.includes(':') ? 6 : 4
    const sources = await Promise.all(lines.map((line) => this.#sourceOf(line, family)))
    await this.node.nft(bothWays(family, sources))
    const agent = await Agent.start(this.node, new URL('hello-agent.ts', import.meta.url), {
      server: { address: endpoint.host, port: endpoint.port },
      inside,
      insideSource: this.address,
      privateKey,
      peerKey,
      lines: lines.map((line, nth) => ({ source: sources[nth], port: helloPort(line) })),
    })
    agent.onWords(([word, line, address, seenPort]) => {
      if (word === 'answered') this.seenAt.set(Number(line), `${address}:${seenPort}`)
    })
    this.#agent = agent
  }

  async #sourceOf(line: number, family: 4 | 6): Promise<string> {
    const words = ['-o', `-${family}`, 'address', 'show', 'dev', `wan${line}`, 'scope', 'global']
    const shown = await this.node.run('ip', ...words)
    return / inet6? ([^/]+)/.exec(shown)?.[1] ?? ''
  }
}

/**
 * The hello leaves by WireGuard's port. What leaves by one line leaves by the other too: by which
 * one, WireGuard decides itself, for it remembers where a peer's last packet came in.
 */
function bothWays(family: 4 | 6, sources: readonly string[]): string {
  const word = family === 6 ? 'ip6' : 'ip'
  const each = (rule: (line: number, source: string) => string): string =>
    lines.map((line, nth) => rule(line, sources[nth] ?? '')).join('\n')
  const copy = 'meta mark set 0x7'
  return `table ${word} house {
  chain early {
    type filter hook output priority -310;
    udp dport ${port} notrack
  }
  chain back {
    type filter hook prerouting priority -310;
    udp sport ${port} notrack
    ${each((line) => `iifname "wan${line}" udp sport ${port} @th,64,8 0xff udp dport set ${helloPort(line)}`)}
  }
  chain out {
    type filter hook output priority -150;
    ${each((line) => `udp sport ${helloPort(line)} udp sport set ${port}`)}
    ${each((line, source) => `meta mark 0x7${line} ${word} saddr set ${source} meta mark set 0 accept`)}
    udp dport != ${port} accept
    @th,64,8 0xff accept
    ${each((line, source) => `oifname "wan${3 - line}" ${copy}${line} dup to ${source.replace(/2$/, '1')} device "wan${line}" meta mark set 0 accept`)}
  }
}`
}
