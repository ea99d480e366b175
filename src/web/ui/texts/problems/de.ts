import type { ProblemTexts } from './problem-texts.ts'

export const de: ProblemTexts = {
  line: '{p}: Hier steht {f}. Richtig wäre: {e}.',
  more: 'und {a} weitere',
  or: 'oder',
  phrases: {
    'a server with its port like vpn.example.org:51820 or [2001:db8::9]:51820':
      'ein Server mit seinem Port wie vpn.example.org:51820 oder [2001:db8::9]:51820',
    'a WireGuard key: 44 letters and digits, the last of them =':
      'ein WireGuard-Schlüssel: 44 Buchstaben und Ziffern, zuletzt ein =',
    'a WireGuard key, or the path of its file like /ssl/home_ip.key':
      'ein WireGuard-Schlüssel, oder der Pfad seiner Datei wie /ssl/home_ip.key',
    'the line that the server has printed': 'die Zeile, die der Server ausgegeben hat',
    'the whole line that the server has printed: wan-failover://HOST:PORT/?…':
      'die ganze Zeile, die der Server ausgegeben hat: wan-failover://HOST:PORT/?…',
    'the whole line that the server has printed; its {a} is not {b}':
      'die ganze Zeile, die der Server ausgegeben hat; ihr {a} ist nicht {b}',
    'a WireGuard key, which is 44 letters and digits':
      'ein WireGuard-Schlüssel aus 44 Buchstaben und Ziffern',
    'addresses like 203.0.113.80/32': 'Adressen wie 203.0.113.80/32',
    'an address like 10.99.0.1': 'eine Adresse wie 10.99.0.1',
    'a number from {a} to {b}': 'eine Zahl von {a} bis {b}',
    'an address like 203.0.113.80/32 or 2001:db8:80::/56':
      'eine Adresse wie 203.0.113.80/32 oder 2001:db8:80::/56',
    'a tunnel with name and invitation': 'ein Tunnel mit name und invitation',
    '1 to 255 letters, digits and signs in one line':
      '1 bis 255 Buchstaben, Ziffern und Zeichen in einer Zeile',
    'wireguard or l2tp': 'wireguard oder l2tp',
    'one with kind: l2tp': 'etwas mit kind: l2tp',
    'one with kind: wireguard': 'etwas mit kind: wireguard',
    "nothing: it is WireGuard's": 'nichts: Das gehört zu WireGuard',
    'kind: l2tp, or nothing: WireGuard has keys':
      'kind: l2tp, oder nichts: WireGuard hat Schlüssel',
    'the server like l2tp.example.org:1701': 'der Server wie l2tp.example.org:1701',
    'the name that your provider has given you': 'der Name, den dein Anbieter dir gegeben hat',
    'the password that your provider has given you':
      'das Passwort, das dein Anbieter dir gegeben hat',
    'both with kind: l2tp': 'both mit kind: l2tp',
    'roaming: a server takes a second copy of L2TP for a new packet':
      'roaming: Ein Server hält eine zweite Kopie von L2TP für ein neues Paket',
    'an IPv6 address': 'eine IPv6-Adresse',
    'a name, or an IPv4 address: xl2tpd speaks no IPv6 to its server':
      'ein Name oder eine IPv4-Adresse: xl2tpd spricht mit seinem Server kein IPv6',
    'a list of WANs like [primary]': 'eine Liste von Leitungen wie [primary]',
    'a list of addresses like [203.0.113.80/32]': 'eine Liste von Adressen wie [203.0.113.80/32]',
    'a list of tunnels, or []': 'eine Liste von Tunneln, oder []',
    '{a} WANs and {b} tunnels': '{a} Leitungen und {b} Tunnel',
    'at most {a} of both together': 'höchstens {a} von beiden zusammen',
    'a WAN that the tunnel can ride on': 'eine Leitung, die den Tunnel tragen kann',
    'a name whose first 12 letters differ from those of {a}':
      'ein Name, dessen erste 12 Buchstaben andere sind als die von {a}',
    'a WAN that is no tunnel ({a}): a tunnel on tunnels could ride on itself':
      'eine Leitung und kein Tunnel ({a}): Ein Tunnel auf Tunneln könnte sich selbst tragen',
    'the name of a WAN ({a}); did you mean {b}?': 'der Name einer Leitung ({a}); meintest du {b}?',
    'the name of a WAN ({a})': 'der Name einer Leitung ({a})',
    'the server like vpn.example.org:51820, or an invitation':
      'der Server wie vpn.example.org:51820, oder eine Einladung',
    "the server's public key, or an invitation":
      'der öffentliche Schlüssel des Servers, oder eine Einladung',
    'another one than in the invitation': 'etwas anderes als in der Einladung',
    'the same, or nothing: the invitation brings it':
      'dasselbe, oder nichts: Die Einladung bringt es mit',
    'IPv6 addresses only': 'nur IPv6-Adressen',
    'an IPv4 address like 203.0.113.80/32': 'eine IPv4-Adresse wie 203.0.113.80/32',
    "a tunnel's name": 'der Name eines Tunnels',
    'a forward with tunnel, port and to': 'eine Weiterleitung mit tunnel, port und to',
    'a list of forwards, or []': 'eine Liste von Weiterleitungen, oder []',
    'no forward, since there are no tunnels': 'keine Weiterleitung, denn es gibt keine Tunnel',
    'the name of a tunnel ({a}); did you mean {b}?':
      'der Name eines Tunnels ({a}); meintest du {b}?',
    'the name of a tunnel ({a})': 'der Name eines Tunnels ({a})',
    'a port with protocol any': 'ein Port mit protocol any',
    'protocol: tcp or udp, or no port': 'protocol: tcp oder udp, oder kein Port',
    'roaming, or two lines in over': 'roaming, oder zwei Leitungen in over',
    'roaming, two lines that are not metered, or both_metered: true':
      'roaming, zwei Leitungen ohne Volumentarif, oder both_metered: true',
    'both over {a}': 'both über {a}',
    'no line': 'keine Leitung',
    "the server's address inside, like 10.99.0.1, or an invitation":
      'die Adresse des Servers im Tunnel, wie 10.99.0.1, oder eine Einladung',
    'true or false': 'true oder false',
    'true or false; tls_ca_file and tls_verify stand beside it':
      'true oder false; tls_ca_file und tls_verify stehen daneben',
    'a whole number from {a} to {b}': 'eine ganze Zahl von {a} bis {b}',
    'seconds from {a} to {b}': 'Sekunden von {a} bis {b}',
    'milliseconds from {a} to {b}': 'Millisekunden von {a} bis {b}',
    'minutes from {a} to {b}': 'Minuten von {a} bis {b}',
    'a percentage from {a} to {b}': 'Prozent von {a} bis {b}',
    'at most {a} entries': 'höchstens {a} Einträge',
    'at most {a} bytes': 'höchstens {a} Bytes',
    'one of {a}': 'eines von {a}',
    '{a}, perhaps': 'vielleicht {a}',
    'an address like 203.0.113.1 or 2001:db8::1': 'eine Adresse wie 203.0.113.1 oder 2001:db8::1',
    'an IPv4 address like 192.168.0.2, auto, or none for a line without a gateway (PPPoE, LTE)':
      'eine IPv4-Adresse wie 192.168.0.2, auto, oder none für eine Leitung ohne Gateway (PPPoE, LTE)',
    'an IPv6 address like fe80::1 (without %interface), auto, link or none':
      'eine IPv6-Adresse wie fe80::1 (ohne %Schnittstelle), auto, link oder none',
    'an IPv4 address, or a gateway6: this WAN has no IPv6':
      'eine IPv4-Adresse, oder ein gateway6: Diese Leitung hat kein IPv6',
    'an IPv4 address with its prefix length like 192.168.0.5/24':
      'eine IPv4-Adresse mit Präfixlänge wie 192.168.0.5/24',
    'a link-local IPv6 address like fe80::5': 'eine link-lokale IPv6-Adresse wie fe80::5',
    'the address that both boxes share, like 192.168.0.5/24':
      'die Adresse, die sich beide Boxen teilen, wie 192.168.0.5/24',
    'an address that nobody has: {a} has this one as its gateway':
      'eine Adresse, die niemand hat: {a} hat diese als Gateway',
    "the other box's own address: pair.address is the shared one":
      'die eigene Adresse der anderen Box: pair.address ist die geteilte',
    'an address in the network of pair.address ({a})':
      'eine Adresse im Netz von pair.address ({a})',
    'an IPv4 address like {a}': 'eine IPv4-Adresse wie {a}',
    'an IPv6 address like {a}': 'eine IPv6-Adresse wie {a}',
    'a network like 203.0.113.0/24 or 2001:db8::/32, or an address':
      'ein Netz wie 203.0.113.0/24 oder 2001:db8::/32, oder eine Adresse',
    'an address like 192.168.0.50, a network like 192.168.0.64/26, a MAC like aa:bb:cc:dd:ee:ff, host or all':
      'eine Adresse wie 192.168.0.50, ein Netz wie 192.168.0.64/26, eine MAC wie aa:bb:cc:dd:ee:ff, host oder all',
    '{a} for the whole network, or {b} for that one address':
      '{a} für das ganze Netz, oder {b} für diese eine Adresse',
    "a WAN's name, or none": 'der Name einer Leitung, oder none',
    'the name of an interface like eth0 (at most 15 letters, digits and . _ -; not lo) or its MAC':
      'der Name einer Schnittstelle wie eth0 (höchstens 15 Buchstaben, Ziffern und . _ -; nicht lo) oder ihre MAC',
    'a secret that stands in the secrets.yaml of Home Assistant':
      'ein Geheimnis, das in der secrets.yaml von Home Assistant steht',
    'a DNS name like dns.google': 'ein DNS-Name wie dns.google',
    'a host name or an address like 192.168.0.10, without mqtt:// and port':
      'ein Rechnername oder eine Adresse wie 192.168.0.10, ohne mqtt:// und Port',
    'an address like {a} (http, not https)': 'eine Adresse wie {a} (http, nicht https)',
    'an MQTT topic like wan_failover (letters, digits and _ . - /; not below homeassistant)':
      'ein MQTT-Thema wie wan_failover (Buchstaben, Ziffern und _ . - /; nicht unter homeassistant)',
    'a notify service like notify.mobile_app_phone':
      'eine Benachrichtigungsaktion wie notify.mobile_app_phone',
    'another name: {a} is reserved': 'ein anderer Name: {a} ist vergeben',
    'another name: {a} has this one': 'ein anderer Name: {a} hat diesen schon',
    'a name like {a} (a to z first, then a to z, 0 to 9 and _; at most 32)':
      'ein Name wie {a} (zuerst a bis z, dann a bis z, 0 bis 9 und _; höchstens 32 Zeichen)',
    'a port like "443" or a range like "5000-5100", from 1 to 65535':
      'ein Port wie "443" oder ein Bereich wie "5000-5100", von 1 bis 65535',
    'a list of WANs like [secondary, primary], or [none] for no Internet':
      'eine Liste von Leitungen wie [secondary, primary], oder [none] für kein Internet',
    'a list of addresses like [192.168.0.50], [host] or [all]':
      'eine Liste von Adressen wie [192.168.0.50], [host] oder [all]',
    'a list of addresses like [203.0.113.1]': 'eine Liste von Adressen wie [203.0.113.1]',
    'a list of networks like [203.0.113.0/24]': 'eine Liste von Netzen wie [203.0.113.0/24]',
    'a list of ports like ["443", "5000-5100"]': 'eine Liste von Ports wie ["443", "5000-5100"]',
    'a list of IPv4 addresses like [1.1.1.1, 8.8.8.8]':
      'eine Liste von IPv4-Adressen wie [1.1.1.1, 8.8.8.8]',
    'a list of IPv6 addresses': 'eine Liste von IPv6-Adressen',
    'a list of icmp, dns, tcp and http': 'eine Liste aus icmp, dns, tcp und http',
    'a list of 2 to 8 WANs, or [] to observe only':
      'eine Liste von 2 bis 8 Leitungen, oder [], um nur zu beobachten',
    'a list of policies, or []': 'eine Liste von Regeln, oder []',
    'a list like [notify.mobile_app_phone]': 'eine Liste wie [notify.mobile_app_phone]',
    'a table from 1 to 252 or from 256 to 2147483647':
      'eine Tabelle von 1 bis 252 oder von 256 bis 2147483647',
    'a table of its own: {a} has this one': 'eine eigene Tabelle: {a} hat diese schon',
    'a WAN with name and gateway': 'eine Leitung mit name und gateway',
    'a policy with name, from and use': 'eine Regel mit name, from und use',
    'a mapping with use and balance': 'eine Zuordnung mit use und balance',
    'a mapping like {a}': 'eine Zuordnung wie {a}',
    'a mapping of options, starting with wans:':
      'eine Zuordnung von Optionen, die mit wans: beginnt',
    'a mapping with {a}': 'eine Zuordnung mit {a}',
    'a name, in quotes if it is a number': 'ein Name, in Anführungszeichen, wenn es eine Zahl ist',
    'a password, in quotes if it is a number':
      'ein Passwort, in Anführungszeichen, wenn es eine Zahl ist',
    'a name, since there is a password': 'ein Name, denn es gibt ein Passwort',
    'the path of a PEM file like /ssl/ca.pem': 'der Pfad einer PEM-Datei wie /ssl/ca.pem',
    'a token of 16 to 256 letters, digits and signs without spaces':
      'ein Token aus 16 bis 256 Buchstaben, Ziffern und Zeichen ohne Leerzeichen',
    '{a} to {b} WANs, or [] to observe only':
      '{a} bis {b} Leitungen, oder [], um nur zu beobachten',
    'at least wans: with 2 to 8 WANs, or wans: [] to observe only':
      'mindestens wans: mit 2 bis 8 Leitungen, oder wans: [], um nur zu beobachten',
    'the interface, like eth0, whose default route names the gateway (gateway: auto)':
      'die Schnittstelle, wie eth0, deren Standardroute das Gateway nennt (gateway: auto)',
    'the interface of the line, like ppp0 (gateway: none)':
      'die Schnittstelle der Leitung, wie ppp0 (gateway: none)',
    'another gateway or another interface: {a} has the same two':
      'ein anderes Gateway oder eine andere Schnittstelle: {a} hat dieselben zwei',
    'an interface for both: {a} has the same gateway':
      'für beide eine Schnittstelle: {a} hat dasselbe Gateway',
    'another gateway or none: {a} has the same on the same interface':
      'ein anderes Gateway oder none: {a} hat dasselbe an derselben Schnittstelle',
    'at least one address, network, MAC or host, or [all] for everyone':
      'mindestens eine Adresse, ein Netz, eine MAC oder host, oder [all] für alle',
    'protocol: tcp or protocol: udp, or no ports':
      'protocol: tcp oder protocol: udp, oder keine Ports',
    '{a} networks as in from, or a MAC there': '{a}-Netze wie in from, oder dort eine MAC',
    'at least one WAN; for no Internet write [none]':
      'mindestens eine Leitung; für kein Internet [none]',
    'none alone (no Internet), or WANs without it':
      'none allein (kein Internet), oder Leitungen ohne none',
    'none, since there are no WANs': 'none, denn es gibt keine Leitungen',
    'the name of a WAN ({a}) or none; did you mean {b}?':
      'der Name einer Leitung ({a}) oder none; war {b} gemeint?',
    'the name of a WAN ({a}) or none': 'der Name einer Leitung ({a}) oder none',
    'at most {a}; policies with the same list count once':
      'höchstens {a}; Regeln mit derselben Liste zählen einmal',
    'each once: {a} has this one': 'jedes einmal: {a} hat dieses schon',
    'at least one address like 1.1.1.1': 'mindestens eine Adresse wie 1.1.1.1',
    'at least one of icmp, dns, tcp and http': 'mindestens eines von icmp, dns, tcp und http',
    'at least the seconds of failback.delay ({a})':
      'mindestens die Sekunden von failback.delay ({a})',
    'valid YAML or JSON': 'gültiges YAML oder JSON',
    'plain YAML or JSON': 'einfaches YAML oder JSON',
    'all options in one document': 'alle Optionen in einem Dokument',
    'each key once': 'jeder Schlüssel einmal',
    'a known one': 'eine bekannte',
    nothing: 'nichts',
    'an empty list': 'eine leere Liste',
    'a list with 1 entry': 'eine Liste mit 1 Eintrag',
    'a list with {a} entries': 'eine Liste mit {a} Einträgen',
    'an empty mapping': 'eine leere Zuordnung',
    'a hidden string': 'ein verborgener Text',
    'a hidden number': 'eine verborgene Zahl',
    'a hidden boolean': 'ein verborgenes true oder false',
    'an unknown option': 'eine unbekannte Option',
    '{a} WANs': '{a} Leitungen',
    'an empty file': 'eine leere Datei',
    '{a} bytes': '{a} Bytes',
    '{a}, an unknown option': '{a}, eine unbekannte Option',
    'the start of a second document (---)': 'der Anfang eines zweiten Dokuments (---)',
    'nesting without end': 'Verschachtelung ohne Ende',
    'an alias (*) without its anchor (&)': 'ein Verweis (*) ohne seinen Anker (&)',
    'aliases (*) that multiply': 'Verweise (*), die sich vervielfachen',
    'none together with WANs': 'none zusammen mit Leitungen',
    'ports with protocol {a}': 'Ports mit dem Protokoll {a}',
    '{a} (by its position)': '{a} (durch ihren Platz)',
    '{a} networks only': 'nur {a}-Netze',
    '{a} different lists in use': '{a} verschiedene Listen in use',
    '{a} again': 'noch einmal {a}',
    'the options that stand there are not in force until they change: {a}':
      'die Optionen, die dort stehen, gelten erst nach einer Änderung wieder: {a}',
    'nobody confirmed the new ones within {a} s':
      'niemand hat die neuen innerhalb von {a} s bestätigt',
    'with the new options this host no longer reached {a}':
      'mit den neuen Optionen erreichte diese Maschine nicht mehr: {a}',
    'the Supervisor, {a}': 'den Supervisor, {a}',
    'the gateway {a}, {b}': 'das Gateway {a}, {b}',
    'its neighbours on {a}, {b}': 'ihre Nachbarn an {a}, {b}',
    'the Supervisor': 'den Supervisor',
    'the gateway {a}': 'das Gateway {a}',
    'its neighbours on {a}': 'ihre Nachbarn an {a}',
  },
}
