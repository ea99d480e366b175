/** Has the Supervisor watch over this add-on, once: who switches it off later has his reasons. */
import { join } from 'node:path'
import * as v from 'valibot'
import { JsonFile } from '../../daemon/memory/json-file.ts'
import { switchOnWatchdog } from '../../homeassistant/supervisor/own-watchdog.ts'
import type { SupervisorAccess } from '../../homeassistant/supervisor/supervisor-api.ts'
import type { Log } from '../../model/log.ts'

const remembered = v.object({ watchdog: v.picklist(['never_on', 'was_on']) })

export interface Watched {
  /** What outlives a restart is kept there; null: nothing is, and nothing is switched. */
  readonly folder: string | null
  /** null outside of Home Assistant OS. */
  readonly access: SupervisorAccess | null
  readonly log: Log
}

export async function watchOver({ folder, access, log }: Watched): Promise<void> {
  if (folder === null || access === null) return
  const file = new JsonFile(join(folder, 'supervised.json'), {
    schema: remembered,
    empty: { watchdog: 'never_on' },
    loss: 'the watchdog is switched on anew at the next start',
    log,
  })
  if (file.load().watchdog === 'was_on') return
  const failure = await switchOnWatchdog(access)
  if (failure !== null) {
    log.debug(`the watchdog stays as it is until the next start: ${failure}`)
    return
  }
  file.save({ watchdog: 'was_on' })
  log.info('the watchdog of this add-on is on from now on: the Supervisor restarts it if it hangs')
}
