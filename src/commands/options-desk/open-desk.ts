import { systemClock } from '../../daemon/system-clock.ts'
import { OwnOptions } from '../../homeassistant/supervisor/own-options.ts'
import { SupervisorApi } from '../../homeassistant/supervisor/supervisor-api.ts'
import type { Log } from '../../model/log.ts'
import type { Arguments } from '../arguments.ts'
import { Desk } from './desk.ts'
import { FormTexts } from './form-texts.ts'
import { HandedOverFile } from './handed-over-file.ts'
import { OptionsFile } from './options-file.ts'
import type { OptionsPlace } from './options-place.ts'
import { SupervisedOptions } from './supervised-options.ts'

/** For the options of this process, wherever they come from. */
export function openDesk(wanted: Arguments, log: Log): Desk {
  const place = placeOf(wanted, log)
  const form = new FormTexts(new URL('../../../translations/', import.meta.url), place.without)
  return new Desk({ place, form, folder: wanted.dataFolder, clock: systemClock, log })
}

function placeOf({ optionsPath, copyOf }: Arguments, log: Log): OptionsPlace {
  const token = process.env['SUPERVISOR_TOKEN'] ?? ''
  if (token !== '') {
    return new SupervisedOptions(new OwnOptions(new SupervisorApi({ token })), optionsPath, log)
  }
  return copyOf === null ? new OptionsFile(optionsPath) : new HandedOverFile(optionsPath, copyOf)
}
