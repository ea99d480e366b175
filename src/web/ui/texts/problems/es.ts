import type { ProblemTexts } from './problem-texts.ts'

export const es: ProblemTexts = {
  line: '{p}: aquí hay {f}. Lo correcto sería: {e}.',
  more: 'y {a} más',
  or: 'o',
  phrases: {
    'a server with its port like vpn.example.org:51820 or [2001:db8::9]:51820':
      'un servidor con su puerto como vpn.example.org:51820 o [2001:db8::9]:51820',
    'a WireGuard key: 44 letters and digits, the last of them =':
      'una clave de WireGuard: 44 letras y cifras, la última =',
    'a WireGuard key, or the path of its file like /ssl/home_ip.key':
      'una clave de WireGuard, o la ruta de su archivo como /ssl/home_ip.key',
    'the line that the server has printed': 'la línea de texto que ha mostrado el servidor',
    'the whole line that the server has printed: wan-failover://HOST:PORT/?…':
      'la línea de texto completa que ha mostrado el servidor: wan-failover://HOST:PORT/?…',
    'the whole line that the server has printed; its {a} is not {b}':
      'la línea de texto completa que ha mostrado el servidor; su {a} no es {b}',
    'a WireGuard key, which is 44 letters and digits':
      'una clave de WireGuard de 44 letras y cifras',
    'addresses like 203.0.113.80/32': 'direcciones como 203.0.113.80/32',
    'an address like 10.99.0.1': 'una dirección como 10.99.0.1',
    'a number from {a} to {b}': 'un número de {a} a {b}',
    'an address like 203.0.113.80/32 or 2001:db8:80::/56':
      'una dirección como 203.0.113.80/32 o 2001:db8:80::/56',
    'a tunnel with name and invitation': 'un túnel con name e invitation',
    '1 to 255 letters, digits and signs in one line':
      'de 1 a 255 letras, cifras y signos en una línea',
    'wireguard or l2tp': 'wireguard o l2tp',
    'one with kind: l2tp': 'algo con kind: l2tp',
    'one with kind: wireguard': 'algo con kind: wireguard',
    "nothing: it is WireGuard's": 'nada: es de WireGuard',
    'kind: l2tp, or nothing: WireGuard has keys': 'kind: l2tp, o nada: WireGuard tiene claves',
    'the server like l2tp.example.org:1701': 'el servidor como l2tp.example.org:1701',
    'the name that your provider has given you': 'el nombre que te ha dado tu proveedor',
    'the password that your provider has given you': 'la contraseña que te ha dado tu proveedor',
    'both with kind: l2tp': 'both con kind: l2tp',
    'roaming: a server takes a second copy of L2TP for a new packet':
      'roaming: un servidor toma una segunda copia de L2TP por un paquete nuevo',
    'an IPv6 address': 'una dirección IPv6',
    'a name, or an IPv4 address: xl2tpd speaks no IPv6 to its server':
      'un nombre o una dirección IPv4: xl2tpd no habla IPv6 con su servidor',
    'a list of WANs like [primary]': 'una lista de líneas como [primary]',
    'a list of addresses like [203.0.113.80/32]': 'una lista de direcciones como [203.0.113.80/32]',
    'a list of tunnels, or []': 'una lista de túneles, o []',
    '{a} WANs and {b} tunnels': '{a} líneas y {b} túneles',
    'at most {a} of both together': 'como máximo {a} entre ambos',
    'a WAN that the tunnel can ride on': 'una línea que pueda llevar el túnel',
    'a name whose first 12 letters differ from those of {a}':
      'un nombre cuyas primeras 12 letras sean distintas de las de {a}',
    'a WAN that is no tunnel ({a}): a tunnel on tunnels could ride on itself':
      'una línea que no sea un túnel ({a}): un túnel sobre túneles podría llevarse a sí mismo',
    'the name of a WAN ({a}); did you mean {b}?':
      'el nombre de una línea ({a}); ¿querías decir {b}?',
    'the name of a WAN ({a})': 'el nombre de una línea ({a})',
    'the server like vpn.example.org:51820, or an invitation':
      'el servidor como vpn.example.org:51820, o una invitación',
    "the server's public key, or an invitation": 'la clave pública del servidor, o una invitación',
    'another one than in the invitation': 'otra cosa que en la invitación',
    'the same, or nothing: the invitation brings it': 'lo mismo, o nada: lo trae la invitación',
    'IPv6 addresses only': 'solo direcciones IPv6',
    'an IPv4 address like 203.0.113.80/32': 'una dirección IPv4 como 203.0.113.80/32',
    "a tunnel's name": 'el nombre de un túnel',
    'a forward with tunnel, port and to': 'un reenvío con tunnel, port y to',
    'a list of forwards, or []': 'una lista de reenvíos, o []',
    'no forward, since there are no tunnels': 'ningún reenvío, pues no hay túneles',
    'the name of a tunnel ({a}); did you mean {b}?':
      'el nombre de un túnel ({a}); ¿querías decir {b}?',
    'the name of a tunnel ({a})': 'el nombre de un túnel ({a})',
    'a port with protocol any': 'un puerto con protocol any',
    'protocol: tcp or udp, or no port': 'protocol: tcp o udp, o ningún puerto',
    'roaming, or two lines in over': 'roaming, o dos líneas en over',
    'roaming, two lines that are not metered, or both_metered: true':
      'roaming, dos líneas sin pago por volumen, o both_metered: true',
    'both over {a}': 'both sobre {a}',
    'no line': 'ninguna línea',
    "the server's address inside, like 10.99.0.1, or an invitation":
      'la dirección del servidor dentro, como 10.99.0.1, o una invitación',
    'true or false': 'true o false',
    'true or false; tls_ca_file and tls_verify stand beside it':
      'true o false; tls_ca_file y tls_verify van al lado',
    'a whole number from {a} to {b}': 'un número entero de {a} a {b}',
    'seconds from {a} to {b}': 'segundos de {a} a {b}',
    'milliseconds from {a} to {b}': 'milisegundos de {a} a {b}',
    'minutes from {a} to {b}': 'minutos de {a} a {b}',
    'a percentage from {a} to {b}': 'un porcentaje de {a} a {b}',
    'at most {a} entries': 'como máximo {a} entradas',
    'at most {a} bytes': 'como máximo {a} bytes',
    'one of {a}': 'una de {a}',
    '{a}, perhaps': 'quizá {a}',
    'an address like 203.0.113.1 or 2001:db8::1': 'una dirección como 203.0.113.1 o 2001:db8::1',
    'an IPv4 address like 192.168.0.2, auto, or none for a line without a gateway (PPPoE, LTE)':
      'una dirección IPv4 como 192.168.0.2, auto, o none para una línea sin puerta de enlace (PPPoE, LTE)',
    'an IPv6 address like fe80::1 (without %interface), auto, link or none':
      'una dirección IPv6 como fe80::1 (sin %interfaz), auto, link o none',
    'an IPv4 address, or a gateway6: this WAN has no IPv6':
      'una dirección IPv4, o un gateway6: esta línea no tiene IPv6',
    'an IPv4 address with its prefix length like 192.168.0.5/24':
      'una dirección IPv4 con su longitud de prefijo, como 192.168.0.5/24',
    'a link-local IPv6 address like fe80::5': 'una dirección IPv6 de enlace local, como fe80::5',
    'the address that both boxes share, like 192.168.0.5/24':
      'la dirección que comparten ambos equipos, como 192.168.0.5/24',
    'an address that nobody has: {a} has this one as its gateway':
      'una dirección que nadie tenga: {a} tiene esta como puerta de enlace',
    "the other box's own address: pair.address is the shared one":
      'la dirección propia del otro equipo: pair.address es la compartida',
    'an address in the network of pair.address ({a})':
      'una dirección de la red de pair.address ({a})',
    'an IPv4 address like {a}': 'una dirección IPv4 como {a}',
    'an IPv6 address like {a}': 'una dirección IPv6 como {a}',
    'a network like 203.0.113.0/24 or 2001:db8::/32, or an address':
      'una red como 203.0.113.0/24 o 2001:db8::/32, o una dirección',
    'an address like 192.168.0.50, a network like 192.168.0.64/26, a MAC like aa:bb:cc:dd:ee:ff, host or all':
      'una dirección como 192.168.0.50, una red como 192.168.0.64/26, una MAC como aa:bb:cc:dd:ee:ff, host o all',
    '{a} for the whole network, or {b} for that one address':
      '{a} para toda la red, o {b} para esa única dirección',
    "a WAN's name, or none": 'el nombre de una línea, o none',
    'the name of an interface like eth0 (at most 15 letters, digits and . _ -; not lo) or its MAC':
      'el nombre de una interfaz como eth0 (como máximo 15 letras, cifras y . _ -; no lo) o su MAC',
    'a secret that stands in the secrets.yaml of Home Assistant':
      'un secreto que esté en el secrets.yaml de Home Assistant',
    'a DNS name like dns.google': 'un nombre DNS como dns.google',
    'a host name or an address like 192.168.0.10, without mqtt:// and port':
      'un nombre de equipo o una dirección como 192.168.0.10, sin mqtt:// ni puerto',
    'an address like {a} (http, not https)': 'una dirección como {a} (http, no https)',
    'an MQTT topic like wan_failover (letters, digits and _ . - /; not below homeassistant)':
      'un tema MQTT como wan_failover (letras, cifras y _ . - /; no por debajo de homeassistant)',
    'a notify service like notify.mobile_app_phone':
      'una acción de notificación como notify.mobile_app_phone',
    'another name: {a} is reserved': 'otro nombre: {a} está reservado',
    'another name: {a} has this one': 'otro nombre: {a} ya tiene este',
    'a name like {a} (a to z first, then a to z, 0 to 9 and _; at most 32)':
      'un nombre como {a} (primero de a a z, luego de a a z, de 0 a 9 y _; como máximo 32)',
    'a port like "443" or a range like "5000-5100", from 1 to 65535':
      'un puerto como "443" o un intervalo como "5000-5100", de 1 a 65535',
    'a list of WANs like [secondary, primary], or [none] for no Internet':
      'una lista de líneas como [secondary, primary], o [none] para no tener Internet',
    'a list of addresses like [192.168.0.50], [host] or [all]':
      'una lista de direcciones como [192.168.0.50], [host] o [all]',
    'a list of addresses like [203.0.113.1]': 'una lista de direcciones como [203.0.113.1]',
    'a list of networks like [203.0.113.0/24]': 'una lista de redes como [203.0.113.0/24]',
    'a list of ports like ["443", "5000-5100"]': 'una lista de puertos como ["443", "5000-5100"]',
    'a list of IPv4 addresses like [1.1.1.1, 8.8.8.8]':
      'una lista de direcciones IPv4 como [1.1.1.1, 8.8.8.8]',
    'a list of IPv6 addresses': 'una lista de direcciones IPv6',
    'a list of icmp, dns, tcp and http': 'una lista de icmp, dns, tcp y http',
    'a list of 2 to 8 WANs, or [] to observe only':
      'una lista de 2 a 8 líneas, o [] para solo observar',
    'a list of policies, or []': 'una lista de políticas, o []',
    'a list like [notify.mobile_app_phone]': 'una lista como [notify.mobile_app_phone]',
    'a table from 1 to 252 or from 256 to 2147483647': 'una tabla de 1 a 252 o de 256 a 2147483647',
    'a table of its own: {a} has this one': 'una tabla propia: {a} ya tiene esta',
    'a WAN with name and gateway': 'una línea con name y gateway',
    'a policy with name, from and use': 'una política con name, from y use',
    'a mapping with use and balance': 'un conjunto con use y balance',
    'a mapping like {a}': 'un conjunto como {a}',
    'a mapping of options, starting with wans:': 'un conjunto de opciones que empieza por wans:',
    'a mapping with {a}': 'un conjunto con {a}',
    'a name, in quotes if it is a number': 'un nombre, entre comillas si es un número',
    'a password, in quotes if it is a number': 'una contraseña, entre comillas si es un número',
    'a name, since there is a password': 'un nombre, ya que hay una contraseña',
    'the path of a PEM file like /ssl/ca.pem': 'la ruta de un archivo PEM como /ssl/ca.pem',
    'a token of 16 to 256 letters, digits and signs without spaces':
      'una clave de 16 a 256 letras, cifras y signos sin espacios',
    '{a} to {b} WANs, or [] to observe only': 'de {a} a {b} líneas, o [] para solo observar',
    'at least wans: with 2 to 8 WANs, or wans: [] to observe only':
      'al menos wans: con 2 a 8 líneas, o wans: [] para solo observar',
    'the interface, like eth0, whose default route names the gateway (gateway: auto)':
      'la interfaz, como eth0, cuya ruta por defecto nombra la puerta de enlace (gateway: auto)',
    'the interface of the line, like ppp0 (gateway: none)':
      'la interfaz de la línea, como ppp0 (gateway: none)',
    'another gateway or another interface: {a} has the same two':
      'otra puerta de enlace u otra interfaz: {a} tiene las mismas dos',
    'an interface for both: {a} has the same gateway':
      'una interfaz para ambas: {a} tiene la misma puerta de enlace',
    'another gateway or none: {a} has the same on the same interface':
      'otra puerta de enlace o none: {a} tiene la misma en la misma interfaz',
    'at least one address, network, MAC or host, or [all] for everyone':
      'al menos una dirección, red, MAC o host, o [all] para todos',
    'protocol: tcp or protocol: udp, or no ports': 'protocol: tcp o protocol: udp, o ningún puerto',
    '{a} networks as in from, or a MAC there': 'redes {a} como en from, o allí una MAC',
    'at least one WAN; for no Internet write [none]':
      'al menos una línea; para no tener Internet, [none]',
    'none alone (no Internet), or WANs without it': 'none solo (sin Internet), o líneas sin none',
    'none, since there are no WANs': 'none, ya que no hay líneas',
    'the name of a WAN ({a}) or none; did you mean {b}?':
      'el nombre de una línea ({a}) o none; ¿quizá {b}?',
    'the name of a WAN ({a}) or none': 'el nombre de una línea ({a}) o none',
    'at most {a}; policies with the same list count once':
      'como máximo {a}; las políticas con la misma lista cuentan una vez',
    'each once: {a} has this one': 'cada una una vez: {a} ya tiene esta',
    'at least one address like 1.1.1.1': 'al menos una dirección como 1.1.1.1',
    'at least one of icmp, dns, tcp and http': 'al menos uno de icmp, dns, tcp y http',
    'at least the seconds of failback.delay ({a})': 'al menos los segundos de failback.delay ({a})',
    'valid YAML or JSON': 'YAML o JSON válido',
    'plain YAML or JSON': 'YAML o JSON sencillo',
    'all options in one document': 'todas las opciones en un documento',
    'each key once': 'cada clave una vez',
    'a known one': 'una conocida',
    nothing: 'nada',
    'an empty list': 'una lista vacía',
    'a list with 1 entry': 'una lista con 1 entrada',
    'a list with {a} entries': 'una lista con {a} entradas',
    'an empty mapping': 'un conjunto vacío',
    'a hidden string': 'un texto oculto',
    'a hidden number': 'un número oculto',
    'a hidden boolean': 'un true o false oculto',
    'an unknown option': 'una opción desconocida',
    '{a} WANs': '{a} líneas',
    'an empty file': 'un archivo vacío',
    '{a} bytes': '{a} bytes',
    '{a}, an unknown option': '{a}, una opción desconocida',
    'the start of a second document (---)': 'el principio de un segundo documento (---)',
    'nesting without end': 'anidamiento sin fin',
    'an alias (*) without its anchor (&)': 'un alias (*) sin su ancla (&)',
    'aliases (*) that multiply': 'alias (*) que se multiplican',
    'none together with WANs': 'none junto con líneas',
    'ports with protocol {a}': 'puertos con el protocolo {a}',
    '{a} (by its position)': '{a} (por su posición)',
    '{a} networks only': 'solo redes {a}',
    '{a} different lists in use': '{a} listas distintas en use',
    '{a} again': 'otra vez {a}',
    'the options that stand there are not in force until they change: {a}':
      'las opciones que hay ahí no se aplican hasta que cambien: {a}',
    'nobody confirmed the new ones within {a} s': 'nadie confirmó las nuevas en {a} s',
    'with the new options this host no longer reached {a}':
      'con las opciones nuevas esta máquina ya no alcanzaba: {a}',
    'the Supervisor, {a}': 'el Supervisor, {a}',
    'the gateway {a}, {b}': 'la puerta de enlace {a}, {b}',
    'its neighbours on {a}, {b}': 'sus vecinos en {a}, {b}',
    'the Supervisor': 'el Supervisor',
    'the gateway {a}': 'la puerta de enlace {a}',
    'its neighbours on {a}': 'sus vecinos en {a}',
  },
}
