import type { ProblemTexts } from './problem-texts.ts'

export const fr: ProblemTexts = {
  line: '{p} : il y a {f}. Il faudrait : {e}.',
  more: 'et {a} de plus',
  or: 'ou',
  phrases: {
    'a server with its port like vpn.example.org:51820 or [2001:db8::9]:51820':
      'un serveur avec son port comme vpn.example.org:51820 ou [2001:db8::9]:51820',
    'a WireGuard key: 44 letters and digits, the last of them =':
      'une clé WireGuard : 44 lettres et chiffres, le dernier étant =',
    'a WireGuard key, or the path of its file like /ssl/home_ip.key':
      'une clé WireGuard, ou le chemin de son fichier comme /ssl/home_ip.key',
    'the line that the server has printed': 'la ligne de texte que le serveur a affichée',
    'the whole line that the server has printed: wan-failover://HOST:PORT/?…':
      'la ligne de texte entière que le serveur a affichée : wan-failover://HOST:PORT/?…',
    'the whole line that the server has printed; its {a} is not {b}':
      "la ligne de texte entière que le serveur a affichée ; son {a} n'est pas {b}",
    'a WireGuard key, which is 44 letters and digits':
      'une clé WireGuard de 44 lettres et chiffres',
    'addresses like 203.0.113.80/32': 'des adresses comme 203.0.113.80/32',
    'an address like 10.99.0.1': 'une adresse comme 10.99.0.1',
    'a number from {a} to {b}': 'un nombre de {a} à {b}',
    'an address like 203.0.113.80/32 or 2001:db8:80::/56':
      'une adresse comme 203.0.113.80/32 ou 2001:db8:80::/56',
    'a tunnel with name and invitation': 'un tunnel avec name et invitation',
    '1 to 255 letters, digits and signs in one line':
      'de 1 à 255 lettres, chiffres et signes sur une ligne',
    'wireguard or l2tp': 'wireguard ou l2tp',
    'one with kind: l2tp': 'une valeur avec kind: l2tp',
    'one with kind: wireguard': 'une valeur avec kind: wireguard',
    "nothing: it is WireGuard's": 'rien : cela appartient à WireGuard',
    'kind: l2tp, or nothing: WireGuard has keys': 'kind: l2tp, ou rien : WireGuard a des clés',
    'the server like l2tp.example.org:1701': 'le serveur comme l2tp.example.org:1701',
    'the name that your provider has given you': "le nom que ton fournisseur t'a donné",
    'the password that your provider has given you':
      "le mot de passe que ton fournisseur t'a donné",
    'both with kind: l2tp': 'both avec kind: l2tp',
    'roaming: a server takes a second copy of L2TP for a new packet':
      'roaming : un serveur prend une seconde copie de L2TP pour un nouveau paquet',
    'an IPv6 address': 'une adresse IPv6',
    'a name, or an IPv4 address: xl2tpd speaks no IPv6 to its server':
      'un nom ou une adresse IPv4 : xl2tpd ne parle pas IPv6 avec son serveur',
    'a list of WANs like [primary]': 'une liste de lignes comme [primary]',
    'a list of addresses like [203.0.113.80/32]': "une liste d'adresses comme [203.0.113.80/32]",
    'a list of tunnels, or []': 'une liste de tunnels, ou []',
    '{a} WANs and {b} tunnels': '{a} lignes et {b} tunnels',
    'at most {a} of both together': 'au plus {a} des deux ensemble',
    'a WAN that the tunnel can ride on': 'une ligne qui puisse porter le tunnel',
    'a name whose first 12 letters differ from those of {a}':
      'un nom dont les 12 premières lettres diffèrent de celles de {a}',
    'a WAN that is no tunnel ({a}): a tunnel on tunnels could ride on itself':
      'une ligne et non un tunnel ({a}) : un tunnel sur des tunnels pourrait se porter lui-même',
    'the name of a WAN ({a}); did you mean {b}?':
      "le nom d'une ligne ({a}) ; vouliez-vous dire {b} ?",
    'the name of a WAN ({a})': "le nom d'une ligne ({a})",
    'the server like vpn.example.org:51820, or an invitation':
      'le serveur comme vpn.example.org:51820, ou une invitation',
    "the server's public key, or an invitation": 'la clé publique du serveur, ou une invitation',
    'another one than in the invitation': "autre chose que dans l'invitation",
    'the same, or nothing: the invitation brings it':
      "la même chose, ou rien : l'invitation l'apporte",
    'IPv6 addresses only': 'seulement des adresses IPv6',
    'an IPv4 address like 203.0.113.80/32': 'une adresse IPv4 comme 203.0.113.80/32',
    "a tunnel's name": "le nom d'un tunnel",
    'a forward with tunnel, port and to': 'une redirection avec tunnel, port et to',
    'a list of forwards, or []': 'une liste de redirections, ou []',
    'no forward, since there are no tunnels': "aucune redirection, car il n'y a pas de tunnel",
    'the name of a tunnel ({a}); did you mean {b}?':
      "le nom d'un tunnel ({a}) ; vouliez-vous dire {b} ?",
    'the name of a tunnel ({a})': "le nom d'un tunnel ({a})",
    'a port with protocol any': 'un port avec protocol any',
    'protocol: tcp or udp, or no port': 'protocol: tcp ou udp, ou pas de port',
    'roaming, or two lines in over': 'roaming, ou deux lignes dans over',
    'roaming, two lines that are not metered, or both_metered: true':
      'roaming, deux lignes non payées au volume, ou both_metered: true',
    'both over {a}': 'both par {a}',
    'no line': 'aucune ligne',
    "the server's address inside, like 10.99.0.1, or an invitation":
      "l'adresse du serveur à l'intérieur, comme 10.99.0.1, ou une invitation",
    'true or false': 'true ou false',
    'true or false; tls_ca_file and tls_verify stand beside it':
      'true ou false ; tls_ca_file et tls_verify se mettent à côté',
    'a whole number from {a} to {b}': 'un nombre entier de {a} à {b}',
    'seconds from {a} to {b}': 'des secondes, de {a} à {b}',
    'milliseconds from {a} to {b}': 'des millisecondes, de {a} à {b}',
    'minutes from {a} to {b}': 'des minutes, de {a} à {b}',
    'a percentage from {a} to {b}': 'un pourcentage de {a} à {b}',
    'at most {a} entries': 'au plus {a} entrées',
    'at most {a} bytes': 'au plus {a} octets',
    'one of {a}': "l'une de {a}",
    '{a}, perhaps': 'peut-être {a}',
    'an address like 203.0.113.1 or 2001:db8::1': 'une adresse comme 203.0.113.1 ou 2001:db8::1',
    'an IPv4 address like 192.168.0.2, auto, or none for a line without a gateway (PPPoE, LTE)':
      'une adresse IPv4 comme 192.168.0.2, auto, ou none pour une ligne sans passerelle (PPPoE, LTE)',
    'an IPv6 address like fe80::1 (without %interface), auto, link or none':
      'une adresse IPv6 comme fe80::1 (sans %interface), auto, link ou none',
    'an IPv4 address, or a gateway6: this WAN has no IPv6':
      "une adresse IPv4, ou un gateway6 : cette ligne n'a pas d'IPv6",
    'an IPv4 address with its prefix length like 192.168.0.5/24':
      'une adresse IPv4 avec sa longueur de préfixe, comme 192.168.0.5/24',
    'a link-local IPv6 address like fe80::5': 'une adresse IPv6 de lien local comme fe80::5',
    'the address that both boxes share, like 192.168.0.5/24':
      'l’adresse que partagent les deux machines, comme 192.168.0.5/24',
    'an address that nobody has: {a} has this one as its gateway':
      'une adresse que personne n’a : {a} a celle-ci comme passerelle',
    "the other box's own address: pair.address is the shared one":
      'l’adresse propre de l’autre machine : pair.address est celle qui est partagée',
    'an address in the network of pair.address ({a})':
      'une adresse du réseau de pair.address ({a})',
    'an IPv4 address like {a}': 'une adresse IPv4 comme {a}',
    'an IPv6 address like {a}': 'une adresse IPv6 comme {a}',
    'a network like 203.0.113.0/24 or 2001:db8::/32, or an address':
      'un réseau comme 203.0.113.0/24 ou 2001:db8::/32, ou une adresse',
    'an address like 192.168.0.50, a network like 192.168.0.64/26, a MAC like aa:bb:cc:dd:ee:ff, host or all':
      'une adresse comme 192.168.0.50, un réseau comme 192.168.0.64/26, une MAC comme aa:bb:cc:dd:ee:ff, host ou all',
    '{a} for the whole network, or {b} for that one address':
      '{a} pour tout le réseau, ou {b} pour cette seule adresse',
    "a WAN's name, or none": "le nom d'une ligne, ou none",
    'the name of an interface like eth0 (at most 15 letters, digits and . _ -; not lo) or its MAC':
      "le nom d'une interface comme eth0 (au plus 15 lettres, chiffres et . _ - ; pas lo) ou sa MAC",
    'a secret that stands in the secrets.yaml of Home Assistant':
      'un secret qui se trouve dans le secrets.yaml de Home Assistant',
    'a DNS name like dns.google': 'un nom DNS comme dns.google',
    'a host name or an address like 192.168.0.10, without mqtt:// and port':
      'un nom de machine ou une adresse comme 192.168.0.10, sans mqtt:// ni port',
    'an address like {a} (http, not https)': 'une adresse comme {a} (http, pas https)',
    'an MQTT topic like wan_failover (letters, digits and _ . - /; not below homeassistant)':
      'un sujet MQTT comme wan_failover (lettres, chiffres et _ . - / ; pas sous homeassistant)',
    'a notify service like notify.mobile_app_phone':
      'une action de notification comme notify.mobile_app_phone',
    'another name: {a} is reserved': 'un autre nom : {a} est réservé',
    'another name: {a} has this one': 'un autre nom : {a} a déjà celui-ci',
    'a name like {a} (a to z first, then a to z, 0 to 9 and _; at most 32)':
      "un nom comme {a} (d'abord de a à z, puis de a à z, de 0 à 9 et _ ; au plus 32)",
    'a port like "443" or a range like "5000-5100", from 1 to 65535':
      'un port comme "443" ou une plage comme "5000-5100", de 1 à 65535',
    'a list of WANs like [secondary, primary], or [none] for no Internet':
      'une liste de lignes comme [secondary, primary], ou [none] pour aucun Internet',
    'a list of addresses like [192.168.0.50], [host] or [all]':
      "une liste d'adresses comme [192.168.0.50], [host] ou [all]",
    'a list of addresses like [203.0.113.1]': "une liste d'adresses comme [203.0.113.1]",
    'a list of networks like [203.0.113.0/24]': 'une liste de réseaux comme [203.0.113.0/24]',
    'a list of ports like ["443", "5000-5100"]': 'une liste de ports comme ["443", "5000-5100"]',
    'a list of IPv4 addresses like [1.1.1.1, 8.8.8.8]':
      "une liste d'adresses IPv4 comme [1.1.1.1, 8.8.8.8]",
    'a list of IPv6 addresses': "une liste d'adresses IPv6",
    'a list of icmp, dns, tcp and http': 'une liste de icmp, dns, tcp et http',
    'a list of 2 to 8 WANs, or [] to observe only':
      'une liste de 2 à 8 lignes, ou [] pour seulement observer',
    'a list of policies, or []': 'une liste de règles, ou []',
    'a list like [notify.mobile_app_phone]': 'une liste comme [notify.mobile_app_phone]',
    'a table from 1 to 252 or from 256 to 2147483647':
      'une table de 1 à 252 ou de 256 à 2147483647',
    'a table of its own: {a} has this one': 'une table à elle : {a} a déjà celle-ci',
    'a WAN with name and gateway': 'une ligne avec name et gateway',
    'a policy with name, from and use': 'une règle avec name, from et use',
    'a mapping with use and balance': 'un ensemble avec use et balance',
    'a mapping like {a}': 'un ensemble comme {a}',
    'a mapping of options, starting with wans:': "un ensemble d'options qui commence par wans:",
    'a mapping with {a}': 'un ensemble avec {a}',
    'a name, in quotes if it is a number': "un nom, entre guillemets si c'est un nombre",
    'a password, in quotes if it is a number':
      "un mot de passe, entre guillemets si c'est un nombre",
    'a name, since there is a password': "un nom, puisqu'il y a un mot de passe",
    'the path of a PEM file like /ssl/ca.pem': "le chemin d'un fichier PEM comme /ssl/ca.pem",
    'a token of 16 to 256 letters, digits and signs without spaces':
      'une clé de 16 à 256 lettres, chiffres et signes sans espaces',
    '{a} to {b} WANs, or [] to observe only': 'de {a} à {b} lignes, ou [] pour seulement observer',
    'at least wans: with 2 to 8 WANs, or wans: [] to observe only':
      'au moins wans: avec 2 à 8 lignes, ou wans: [] pour seulement observer',
    'the interface, like eth0, whose default route names the gateway (gateway: auto)':
      "l'interface, comme eth0, dont la route par défaut nomme la passerelle (gateway: auto)",
    'the interface of the line, like ppp0 (gateway: none)':
      "l'interface de la ligne, comme ppp0 (gateway: none)",
    'another gateway or another interface: {a} has the same two':
      'une autre passerelle ou une autre interface : {a} a les deux mêmes',
    'an interface for both: {a} has the same gateway':
      'une interface pour les deux : {a} a la même passerelle',
    'another gateway or none: {a} has the same on the same interface':
      'une autre passerelle ou none : {a} a la même sur la même interface',
    'at least one address, network, MAC or host, or [all] for everyone':
      'au moins une adresse, un réseau, une MAC ou host, ou [all] pour tous',
    'protocol: tcp or protocol: udp, or no ports': 'protocol: tcp ou protocol: udp, ou aucun port',
    '{a} networks as in from, or a MAC there': 'des réseaux {a} comme dans from, ou une MAC là-bas',
    'at least one WAN; for no Internet write [none]':
      'au moins une ligne ; pour aucun Internet, [none]',
    'none alone (no Internet), or WANs without it':
      'none seul (aucun Internet), ou des lignes sans none',
    'none, since there are no WANs': "none, puisqu'il n'y a pas de ligne",
    'the name of a WAN ({a}) or none; did you mean {b}?':
      "le nom d'une ligne ({a}) ou none ; peut-être {b} ?",
    'the name of a WAN ({a}) or none': "le nom d'une ligne ({a}) ou none",
    'at most {a}; policies with the same list count once':
      'au plus {a} ; les règles avec la même liste comptent une fois',
    'each once: {a} has this one': 'chacun une fois : {a} a déjà celui-ci',
    'at least one address like 1.1.1.1': 'au moins une adresse comme 1.1.1.1',
    'at least one of icmp, dns, tcp and http': "au moins l'un de icmp, dns, tcp et http",
    'at least the seconds of failback.delay ({a})': 'au moins les secondes de failback.delay ({a})',
    'valid YAML or JSON': 'du YAML ou du JSON valide',
    'plain YAML or JSON': 'du YAML ou du JSON simple',
    'all options in one document': 'toutes les options dans un document',
    'each key once': 'chaque clé une fois',
    'a known one': 'une option connue',
    nothing: 'rien',
    'an empty list': 'une liste vide',
    'a list with 1 entry': 'une liste avec 1 entrée',
    'a list with {a} entries': 'une liste avec {a} entrées',
    'an empty mapping': 'un ensemble vide',
    'a hidden string': 'un texte caché',
    'a hidden number': 'un nombre caché',
    'a hidden boolean': 'un true ou false caché',
    'an unknown option': 'une option inconnue',
    '{a} WANs': '{a} lignes',
    'an empty file': 'un fichier vide',
    '{a} bytes': '{a} octets',
    '{a}, an unknown option': '{a}, une option inconnue',
    'the start of a second document (---)': "le début d'un deuxième document (---)",
    'nesting without end': 'une imbrication sans fin',
    'an alias (*) without its anchor (&)': 'un alias (*) sans son ancre (&)',
    'aliases (*) that multiply': 'des alias (*) qui se multiplient',
    'none together with WANs': 'none avec des lignes',
    'ports with protocol {a}': 'des ports avec le protocole {a}',
    '{a} (by its position)': '{a} (par sa position)',
    '{a} networks only': 'seulement des réseaux {a}',
    '{a} different lists in use': '{a} listes différentes dans use',
    '{a} again': 'encore {a}',
    'the options that stand there are not in force until they change: {a}':
      'les options qui s’y trouvent ne s’appliquent pas avant d’être changées : {a}',
    'nobody confirmed the new ones within {a} s': 'personne n’a confirmé les nouvelles en {a} s',
    'with the new options this host no longer reached {a}':
      'avec les nouvelles options, cette machine n’atteignait plus : {a}',
    'the Supervisor, {a}': 'le Supervisor, {a}',
    'the gateway {a}, {b}': 'la passerelle {a}, {b}',
    'its neighbours on {a}, {b}': 'ses voisins sur {a}, {b}',
    'the Supervisor': 'le Supervisor',
    'the gateway {a}': 'la passerelle {a}',
    'its neighbours on {a}': 'ses voisins sur {a}',
  },
}
