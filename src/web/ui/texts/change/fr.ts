import type { ChangeTexts } from './change-texts.ts'

export const fr: ChangeTexts = {
  heading: 'Voyez-vous encore cette page ?',
  text: 'Les nouvelles options sont en service. Si elles ont coupé le chemin vers cette page, personne ne peut répondre, et les anciennes reviennent d’elles-mêmes.',
  left: 'Temps pour répondre',
  yes: 'Oui, je la vois',
  no: 'Annuler',
  noHint: 'Les anciennes options reviennent aussitôt.',
  gone: 'Les anciennes options sont de nouveau en service',
  goneAt: (when) => `Le changement a été annulé à ${when}.`,
  seen: 'OK',
}
