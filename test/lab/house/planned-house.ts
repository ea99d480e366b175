/**
 * The lab with a plan applied to its host and no daemon: what the kernel makes of it, whoever wants
 * it. What is decided is the test's word.
 */
import { createKernel } from '../../../src/kernel/linux-kernel.ts'
import type { Kernel } from '../../../src/kernel/port.ts'
import type { Settings } from '../../../src/model/settings/settings.ts'
import { desiredState, nothing } from '../../../src/network/desired-state.ts'
import { type Applied, diff, nowApplied } from '../../../src/network/diff/diff.ts'
import { resolveUplinks } from '../../../src/network/uplinks.ts'
import type { Wanted } from '../../../src/network/wanted.ts'
import { settingsOf } from '../../examples/settings-of.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { Lab, type LabOptions } from '../lab.ts'
import { optionsOf } from './house.ts'

export interface PlannedOptions extends LabOptions {
  /** Merged over the options that name the lab's WANs. */
  readonly options?: Readonly<Record<string, unknown>>
  /** Merged over the entry of each WAN. */
  readonly wans?: readonly [object, object]
}

export class PlannedHouse {
  readonly lab: Lab
  readonly kernel: Kernel
  readonly settings: Settings
  #applied: Applied = null

  private constructor(lab: Lab, kernel: Kernel, settings: Settings) {
    this.lab = lab
    this.kernel = kernel
    this.settings = settings
  }

  static async open(wanted: PlannedOptions): Promise<PlannedHouse> {
    const lab = await Lab.create(wanted)
    const settings = settingsOf(
      JSON.stringify({ ...optionsOf(lab.plan, wanted.wans), ...wanted.options }),
    )
    return new PlannedHouse(lab, await createKernel({ log: new RecordedLog() }), settings)
  }

  /** Throws where the kernel refuses anything of it. */
  async apply(wishes: Pick<Wanted, 'decision'> & Partial<Wanted>): Promise<void> {
    const { settings, kernel } = this
    const host = await kernel.read()
    const uplinks = resolveUplinks(settings.wans, host)
    const desired = desiredState({ settings, uplinks, host, ...wishes })
    const changes = diff(desired, host, this.#applied)
    const [failure] = await kernel.apply(changes)
    if (failure !== undefined) throw new Error(failure.error)
    this.#applied = nowApplied(this.#applied, changes, await kernel.read())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kernel.apply(diff(nothing, await this.kernel.read(), this.#applied))
    await this.kernel.close()
    await this.lab.close()
  }
}
