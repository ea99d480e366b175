/** Carries out and undoes the faults of a lab, and knows which there are. */

import type { LabNode } from '../network/node.ts'
import type { LabPlan, WanNumber, WanPlan } from '../network/plan.ts'
import { hostPort, type MachineName, upstreamLines } from '../network/topology.ts'
import { type Fault, type FaultKind, faultRules } from './fault.ts'
import { SlowLine } from './slow-line.ts'

export type Nodes = Readonly<Record<MachineName, LabNode>>

interface Surroundings {
  readonly host: LabNode
  readonly nodes: Nodes
  /** Round-trip time of both lines without any fault. */
  readonly pathMs: number
  /** As it is now. */
  readonly plan: () => LabPlan
  /** Makes one of the host's links anew, with its addresses and routes. */
  readonly plugIn: (name: string) => Promise<void>
}

export class Faults {
  readonly #lab: Surroundings
  readonly #active: Readonly<Record<WanNumber, Map<FaultKind['kind'], Fault>>> = {
    1: new Map(),
    2: new Map(),
  }
  readonly #slowLines = new Map<WanNumber, SlowLine>()

  constructor(lab: Surroundings) {
    this.#lab = lab
  }

  /** The lines as they are without any fault; call it once they are there. */
  async layPaths(): Promise<void> {
    await Promise.all([this.#slowDown(1, 0, 0), this.#slowDown(2, 0, 0)])
  }

  async begin(fault: Fault): Promise<void> {
    this.#active[fault.wan].set(fault.kind, fault)
    const { wan } = fault
    switch (fault.kind) {
      case 'upstream-silent':
      case 'ipv6-silent':
      case 'ipv4-silent':
      case 'hiccup':
      case 'upstream-oneway':
      case 'dns-dead':
      case 'icmp-dead':
      case 'tcp-dead':
      case 'captive-portal':
      case 'loss':
        return this.#applyRules()
      case 'upstream-unreachable':
        return this.#gatewayDoes(wan, [
          'route replace unreachable default',
          'route replace unreachable ::/0',
        ])
      case 'gateway-dead':
        return this.#setPort(`gateway${wan}`, 'down')
      case 'carrier-cut':
        return this.#setPort(hostPort(this.#wan(wan).interface), 'down')
      case 'link-deleted':
        await this.#lab.host.ip([`link delete ${this.#wan(wan).interface}`])
        return
      case 'slow':
        return this.#slowDown(wan, fault.delayMs, fault.jitterMs ?? 0)
    }
  }

  async end(wan: WanNumber): Promise<void> {
    const kinds = [...this.#active[wan].keys()]
    this.#active[wan].clear()
    for (const kind of kinds) await this.#undo(kind, wan)
  }

  #undo(kind: FaultKind['kind'], wan: WanNumber): Promise<void> {
    switch (kind) {
      case 'upstream-silent':
      case 'ipv6-silent':
      case 'ipv4-silent':
      case 'hiccup':
      case 'upstream-oneway':
      case 'dns-dead':
      case 'icmp-dead':
      case 'tcp-dead':
      case 'captive-portal':
      case 'loss':
        return this.#applyRules()
      case 'upstream-unreachable': {
        const upstream = upstreamLines(this.#lab.plan(), wan)
        return this.#gatewayDoes(wan, ['route delete unreachable ::/0', ...upstream])
      }
      case 'gateway-dead':
        return this.#setPort(`gateway${wan}`, 'up')
      case 'carrier-cut':
        return this.#setPort(hostPort(this.#wan(wan).interface), 'up')
      case 'link-deleted':
        return this.#lab.plugIn(this.#wan(wan).interface)
      case 'slow':
        return this.#slowDown(wan, 0, 0)
    }
  }

  async #applyRules(): Promise<void> {
    const active = [...this.#active[1].values(), ...this.#active[2].values()]
    await this.#lab.nodes.internet.nft(faultRules(active))
  }

  async #gatewayDoes(wan: WanNumber, lines: readonly string[]): Promise<void> {
    await this.#lab.nodes[`gateway${wan}`].ip(lines)
  }

  async #setPort(port: string, state: 'up' | 'down'): Promise<void> {
    await this.#lab.nodes.switch.ip([`link set ${port} ${state}`])
  }

  /** Slower than the path is by itself. */
  async #slowDown(wan: WanNumber, addedMs: number, jitterMs: number): Promise<void> {
    await this.#slowLines.get(wan)?.stop()
    this.#slowLines.delete(wan)
    const delayMs = this.#lab.pathMs + addedMs
    if (delayMs === 0 && jitterMs === 0) return
    const line = { wan, delayMs, jitterMs, ipv6: this.#lab.plan().ipv6 }
    this.#slowLines.set(wan, await SlowLine.start(this.#lab.nodes.internet, line))
  }

  #wan(wan: WanNumber): WanPlan {
    return this.#lab.plan().wans[wan - 1] as WanPlan
  }
}
