import type { DevicesTexts } from './devices-texts.ts'

export const fr: DevicesTexts = {
  looking: 'Recherche en cours…',
  again: 'Regarder à nouveau',
  failed: (reason) => `Cela n’a pas marché : ${reason}`,
  locked:
    'Pour voir vos appareils, lancez « sudo wan-failover page » sur cette machine et ouvrez l’adresse affichée.',
  none: 'Personne en vue : aucun appareil n’envoie par cette machine, et elle ne connaît pas de voisins.',
  through: (count) =>
    count === 1
      ? 'Un appareil utilise cette machine'
      : `${count} appareils utilisent cette machine`,
  past: (count) =>
    count === 1 ? 'Un appareil ne l’utilise pas' : `${count} appareils ne l’utilisent pas`,
  pastHint: 'Rien d’eux ne passe par cette machine, donc ils ne suivent pas une bascule.',
  setGateway: (address) =>
    `Dans le serveur DHCP de votre routeur, mettez ${address} comme passerelle.`,
  truncated: 'Il y a plus d’appareils que cette liste n’en montre.',
  more: (count) => `En montrer ${count} de plus`,
  device: 'Appareil',
  bytes: 'Envoyé et reçu',
  usesNow: 'Utilise',
  policy: 'Règle',
  policyOf: (device) => `Règle de ${device}`,
  lastSeen: 'Vu pour la dernière fois',
  gateway: 'Sa passerelle',
  gatewayUnknown: 'une autre',
  noLine: 'Pas d’Internet',
  everyoneElse: 'Tous les autres',
  behind: (policy, first) => `${policy} (${first} passe avant)`,
  notWritable: 'Les règles ne peuvent pas être changées ici.',
  change: {
    heading: (device) => `Une autre règle pour ${device} ?`,
    text: (policy) => `Ses nouvelles connexions suivront « ${policy} ».`,
    byMac: 'Il est reconnu à son adresse MAC, la règle vaut donc même s’il change d’adresse.',
    emptied: (policy) =>
      `Il n’y a personne d’autre dans « ${policy} », cette règle disparaît donc.`,
    checking: 'Vérification…',
    nothing: 'Les options le disent déjà.',
    problems: 'Ceci ne peut pas être enregistré',
    details: 'Ce qui change dans les options',
    added: 'rien',
    removed: 'rien',
    write: 'Changer',
    writing: 'Enregistrement…',
    cancel: 'Annuler',
    outdated: 'Quelqu’un a changé les options entre-temps. Choisissez à nouveau.',
    written: 'C’est enregistré. Tout en haut, la page demande si vous la voyez encore.',
  },
}
