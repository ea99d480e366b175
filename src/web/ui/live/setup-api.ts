/** What setting up needs of the daemon: its search for lines, its options, the devices it sees. */
import type { Devices } from '../../../model/published/devices.ts'
import type { LineSearch } from '../../../model/published/found-line.ts'
import type { NotifyServicesAnswer } from '../../../model/published/notify-services.ts'
import type { OptionsCheck, OptionsPage } from '../../../model/published/options-page.ts'
import { type Answer, ask, askByKey, post } from './api.ts'

type Options = OptionsPage['options']

/** Starts a search, or joins the one that runs. */
export function searchLines(): Promise<Answer<unknown>> {
  return post('api/lines/search', {})
}

export function getLines(): Promise<Answer<LineSearch>> {
  return ask('api/lines')
}

/** `language`: of the form's labels. */
export function getOptions(language = 'en'): Promise<Answer<OptionsPage>> {
  return ask(`api/options?lang=${encodeURIComponent(language)}`)
}

/** Changes nothing. */
export function checkOptions(options: Options): Promise<Answer<OptionsCheck>> {
  return post('api/options/check', { options })
}

/** `version`: of the options that they are to replace. */
export function writeOptions(
  options: Options,
  version: string,
): Promise<Answer<Pick<OptionsPage, 'confirm_until'>>> {
  return post('api/options', { options, version })
}

/** The user's word that the page is still there. */
export function confirmOptions(): Promise<Answer<unknown>> {
  return post('api/options/confirm', {})
}

export function restoreOptions(): Promise<Answer<unknown>> {
  return post('api/options/restore', {})
}

export function getNotifyServices(): Promise<Answer<NotifyServicesAnswer>> {
  return ask('api/notify')
}

export function getDevices(): Promise<Answer<Devices>> {
  return askByKey('api/devices')
}
