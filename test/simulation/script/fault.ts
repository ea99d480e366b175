/** What can go wrong, as plain data: a script of it can be printed, shortened and played again. */
import type { Command } from '../../../src/model/decision.ts'

export type Fault =
  /** Questions go out and no answer comes back, or neither; the gateway itself still speaks. */
  | { readonly kind: 'silent'; readonly wan: number }
  /** The same over IPv6 alone. */
  | { readonly kind: 'ipv6_silent'; readonly wan: number }
  /** `noticed`: the kernel gives up on the neighbour and says so. */
  | { readonly kind: 'gateway_dead'; readonly wan: number; readonly noticed: boolean }
  | { readonly kind: 'method_silent'; readonly wan: number; readonly method: 'icmp' | 'dns' }
  /** One target answers no probe: no fault of any WAN. */
  | { readonly kind: 'target_silent'; readonly target: string }
  /** Ping and DNS live, and no TCP connection comes about. */
  | { readonly kind: 'tcp_dead'; readonly wan: number }
  /** A portal answers in place of every web server. */
  | { readonly kind: 'captive'; readonly wan: number }
  /** One of the two web servers answers nobody: no fault of any WAN. */
  | { readonly kind: 'web_server_down'; readonly server: number }
  | { readonly kind: 'lossy'; readonly wan: number; readonly lossPercent: number }
  | {
      readonly kind: 'slow'
      readonly wan: number
      readonly latencyMs: number
      readonly jitterMs: number
    }
  | {
      readonly kind: 'carrier_cut' | 'link_down' | 'link_gone' | 'lease_lost'
      readonly link: string
    }
  /** By DHCP; it stays so. */
  | { readonly kind: 'gateway_changed'; readonly wan: number; readonly lastByte: number }
  /** `suppress`: what `wg-quick down` deletes; `some`: a share of ours. */
  | {
      readonly kind: 'rules_deleted'
      readonly which: 'all' | 'suppress' | 'some'
      readonly everyMs: number
    }
  | { readonly kind: 'routes_deleted'; readonly everyMs: number }
  | { readonly kind: 'nft_deleted' }
  /** So many readings of the host don't know whether our nft table stands. */
  | { readonly kind: 'nft_unread'; readonly percent: number }
  | { readonly kind: 'docker_network'; readonly number: number }
  /** Another program's rule before ours takes every packet. */
  | { readonly kind: 'vpn_before_ours' }
  | { readonly kind: 'kernel_refuses'; readonly percent: number }
  /** The process gets no time: the machine is busy or asleep. */
  | { readonly kind: 'stall' }
  /** The process dies; null: at once, else after so many changes more. */
  | { readonly kind: 'crash'; readonly afterChanges: number | null }
  /** It stops in good order and starts again. */
  | { readonly kind: 'restart' }
  /** Other options: these of the house's lines are WANs, in this order, and these may be used. */
  | { readonly kind: 'options'; readonly wans: readonly number[]; readonly use: readonly number[] }
  | { readonly kind: 'command'; readonly command: Command }
  /** The same command, again and again. */
  | { readonly kind: 'command_flood'; readonly command: Command; readonly everyMs: number }
  /** Somebody sets the machine's clock; it stays so. */
  | { readonly kind: 'clock_set'; readonly byMs: number }

export interface Step {
  readonly atMs: number
  readonly durationMs: number
  readonly fault: Fault
}

export function printStep({ atMs, durationMs, fault }: Step): string {
  const { kind, ...details } = fault
  const text = JSON.stringify(details)
  return `${seconds(atMs)} for ${seconds(durationMs)}: ${kind} ${text}`
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`
}
