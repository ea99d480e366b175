import type { DevicesTexts } from './devices-texts.ts'

export const de: DevicesTexts = {
  looking: 'Es wird nachgesehen …',
  again: 'Noch einmal nachsehen',
  failed: (reason) => `Das hat nicht geklappt: ${reason}`,
  locked:
    'Um deine Geräte zu sehen, führe „sudo wan-failover page“ auf diesem Rechner aus und öffne die Adresse, die es ausgibt.',
  none: 'Niemand zu sehen: Kein Gerät sendet über diesen Rechner, und er kennt keine Nachbarn.',
  through: (count) =>
    count === 1 ? 'Ein Gerät nutzt diesen Rechner' : `${count} Geräte nutzen diesen Rechner`,
  past: (count) => (count === 1 ? 'Ein Gerät nutzt ihn nicht' : `${count} Geräte nutzen ihn nicht`),
  pastHint:
    'Von ihnen kommt nichts über diesen Rechner, also folgen sie bei einem Ausfall nicht mit.',
  setGateway: (address) => `Stelle im DHCP-Server deines Routers das Gateway auf ${address}.`,
  truncated: 'Es gibt mehr Geräte, als hier stehen.',
  more: (count) => `${count} weitere zeigen`,
  device: 'Gerät',
  bytes: 'Gesendet und empfangen',
  usesNow: 'Nutzt jetzt',
  policy: 'Regel',
  policyOf: (device) => `Regel für ${device}`,
  lastSeen: 'Zuletzt gesehen',
  gateway: 'Sein Gateway',
  gatewayUnknown: 'ein anderes',
  noLine: 'Kein Internet',
  everyoneElse: 'Alle anderen',
  behind: (policy, first) => `${policy} (${first} kommt davor)`,
  notWritable: 'Regeln lassen sich hier nicht ändern.',
  change: {
    heading: (device) => `Eine andere Regel für ${device}?`,
    text: (policy) => `Seine neuen Verbindungen folgen dann „${policy}“.`,
    byMac:
      'Es wird an seiner MAC-Adresse erkannt, die Regel gilt also auch, wenn es eine andere Adresse bekommt.',
    emptied: (policy) => `Sonst ist niemand in „${policy}“, diese Regel fällt also weg.`,
    checking: 'Wird geprüft …',
    nothing: 'So steht es schon in den Optionen.',
    problems: 'Das lässt sich so nicht speichern',
    details: 'Was sich in den Optionen ändert',
    added: 'nichts',
    removed: 'nichts',
    write: 'Ändern',
    writing: 'Wird gespeichert …',
    cancel: 'Abbrechen',
    outdated: 'Jemand anderes hat die Optionen inzwischen geändert. Wähle noch einmal.',
    written: 'Es ist gespeichert. Ganz oben fragt die Seite, ob du sie noch siehst.',
  },
}
