/** From options with a thousand policies to the kernel: decided, planned, compared, applied, read. */
import { decide, undecided } from '../../../../src/decision/decide.ts'
import { createKernel } from '../../../../src/kernel/linux-kernel.ts'
import type { Kernel } from '../../../../src/kernel/port.ts'
import type { Matcher, PolicySettings, Settings } from '../../../../src/model/settings/settings.ts'
import { desiredState, nothing } from '../../../../src/network/desired-state.ts'
import { diff } from '../../../../src/network/diff/diff.ts'
import { resolveUplinks } from '../../../../src/network/uplinks.ts'
import { bothFamilies } from '../../../examples/both-families.ts'
import { exampleHealths } from '../../../examples/example-health.ts'
import { examplePolicy, exampleSettings, exampleWan } from '../../../examples/example-settings.ts'
import { RecordedLog } from '../../../fakes/recorded-log.ts'
import { Lab } from '../../lab.ts'
import { monotonicMs } from '../../measure/monotonic.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { type Measurement, measureBlocks } from '../blocks.ts'
import type { CaseResult } from '../result/row.ts'

const count = 1_000

export async function measurePolicies(settings: BenchSettings): Promise<CaseResult> {
  const measurement: Measurement<Host, number> = {
    name: 'policies',
    open: () => Host.open(),
    measure: (host) => host.measure(),
    describe: (ms) => `${ms.toFixed(0)} ms`,
  }
  const all = [{ first: 0, count: settings.runs }]
  const { done, failures } = await measureBlocks(measurement, settings, all)
  const title = `${count} policies planned, compared and applied, rules and nft`
  return {
    rows: [
      { id: 'policies', title, unit: 'ms', samples: done, failures, limit: { median: 1_000 } },
    ],
    runs: done,
  }
}

class Host {
  readonly #lab: Lab
  readonly #kernel: Kernel
  readonly #settings: Settings

  private constructor(lab: Lab, kernel: Kernel) {
    this.#lab = lab
    this.#kernel = kernel
    const wans = lab.plan.wans.map(({ gateway, interface: link }, i) =>
      exampleWan(i, { gateway, interface: link }),
    )
    this.#settings = exampleSettings({ wans, policies: manyPolicies() })
  }

  static async open(): Promise<Host> {
    const lab = await Lab.create({ topology: 'two-interfaces' })
    return new Host(lab, await createKernel({ log: new RecordedLog() }))
  }

  async measure(): Promise<number> {
    const settings = this.#settings
    const healths = exampleHealths(settings.defaultPolicy.use)
    const beforeMs = monotonicMs()
    const host = await this.#kernel.read()
    const { decision } = decide(undecided, { settings, healths, nowMs: 0, hurry: true })
    const uplinks = resolveUplinks(settings.wans, host)
    const flows = { kept: bothFamilies([]), cut: bothFamilies([]), canMark: true }
    const desired = desiredState({ settings, uplinks, decision, host, flows })
    const failures = await this.#kernel.apply(diff(desired, host, null))
    const after = await this.#kernel.read()
    const tookMs = monotonicMs() - beforeMs
    if (failures.length > 0) throw new Error(failures[0]?.error)
    await this.#kernel.apply(diff(nothing, after, null))
    return tookMs
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#kernel.close()
    await this.#lab.close()
  }
}

/** Devices by address, by network, by MAC, in IPv6; every fourth for one port only. */
function manyPolicies(): PolicySettings[] {
  const uses = [['primary'], ['secondary'], ['primary', 'secondary'], ['secondary', 'primary'], []]
  return Array.from({ length: count }, (_, i) => {
    const policy = { ...examplePolicy(`device${i}`, uses[i % uses.length] ?? []), from: from(i) }
    if (i % 4 !== 0) return policy
    return { ...policy, protocol: 'tcp', ports: [{ first: 1_000 + i, last: 1_010 + i }] }
  })
}

function from(i: number): Matcher[] {
  const bytes = [i >> 8, i & 0xff].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
  switch (i % 3) {
    case 0:
      return [{ kind: 'address', cidr: `192.168.${i >> 6}.${(i & 63) * 4}/30` }]
    case 1:
      return [{ kind: 'mac', mac: `02:00:00:00:${bytes}` }]
    default:
      return [
        { kind: 'address', cidr: `fd00::${i.toString(16)}` },
        { kind: 'address', cidr: `10.8.${i >> 8}.${i & 0xff}` },
      ]
  }
}
