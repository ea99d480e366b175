/** A line breaks or works again, and the daemon tells of it. */
import type { ChangeEvent } from '../../../src/model/published/snapshot.ts'
import type { Fault } from '../faults/fault.ts'
import type { Lab, Moment } from '../lab.ts'
import type { WanNumber } from '../network/plan.ts'
import type { MqttHouse, SeenEvent } from './mqtt-house.ts'

export interface Told extends Moment {
  readonly event: SeenEvent
}

interface Housing {
  readonly lab: Lab
  readonly mqtt: MqttHouse
}

interface Telling {
  readonly tells?: ChangeEvent['event_type']
  readonly deadlineMs?: number
}

/** Resolves when the daemon has told of this fault: by default of a failover, within 20 s. */
export async function breakLine(
  { lab, mqtt }: Housing,
  fault: Fault,
  { tells = 'failover', deadlineMs = 20_000 }: Telling = {},
): Promise<Told> {
  const moment = await lab.fault(fault)
  const wait = { afterMs: moment.beforeMs, deadlineMs }
  return { ...moment, event: await mqtt.waitForEvent(tells, wait) }
}

/** Undoes all faults of this WAN; by default the daemon is to tell of the failback, within 40 s. */
export async function mendLine(
  { lab, mqtt }: Housing,
  wan: WanNumber,
  { tells = 'failback', deadlineMs = 40_000 }: Telling = {},
): Promise<Told> {
  const moment = await lab.repair(wan)
  const wait = { afterMs: moment.beforeMs, deadlineMs }
  return { ...moment, event: await mqtt.waitForEvent(tells, wait) }
}
