import type { ChangeTexts } from './change-texts.ts'

export const de: ChangeTexts = {
  heading: 'Siehst du diese Seite noch?',
  text: 'Es läuft mit den neuen Optionen. Haben sie den Weg zu dieser Seite zerstört, kann niemand antworten, und die früheren kommen von selbst zurück.',
  left: 'Zeit für die Antwort',
  yes: 'Ja, ich sehe sie',
  no: 'Zurücknehmen',
  noHint: 'Die früheren Optionen gelten sofort wieder.',
  gone: 'Die früheren Optionen gelten wieder',
  goneAt: (when) => `Die Änderung wurde um ${when} zurückgenommen.`,
  seen: 'OK',
}
