/**
 * Every option: its name, what it may be, and its default, as the user writes it. This is the one
 * place that knows the defaults; the add-on's manifest repeats them for the form, and a test
 * compares the two. What needs a look at more than one option is in `cross-checks.ts`.
 */
import * as v from 'valibot'
import { probeMethods } from '../../model/probe.ts'
import {
  addressOption,
  clientOption,
  ipv4Option,
  ipv6Option,
  linkLocalOption,
  networkOption,
  ownAddressOption,
} from './addresses.ts'
import { gateway6Option, gatewayOption } from './gateways.ts'
import {
  baseTopicOption,
  brokerHostOption,
  dnsNameOption,
  httpUrlOption,
  interfaceOption,
  notifyOption,
  policyNameOption,
  wanNameOption,
  wanReferenceOption,
} from './names.ts'
import {
  choice,
  decimalNumber,
  flag,
  flagOption,
  inWords,
  list,
  mapping,
  maybe,
  type Option,
  option,
  optional,
  required,
  shaped,
  textOption,
  wholeNumber,
} from './option.ts'
import { portsOption } from './ports.ts'
import { forwardsOption, tunnelsOption } from './tunnels.ts'

const day = 86_400

const port = wholeNumber(1, 65_535)
const seconds = (first: number, last: number) => decimalNumber('seconds', first, last)
const use = list(wanReferenceOption, {
  limit: 9,
  expected: 'a list of WANs like [secondary, primary], or [none] for no Internet',
})
const clients = list(clientOption, {
  limit: 1024,
  expected: 'a list of addresses like [192.168.0.50], [host] or [all]',
})

const wan = mapping('a WAN with name and gateway', {
  name: required(wanNameOption),
  gateway: required(gatewayOption),
  gateway6: optional(gateway6Option, 'none'),
  interface: maybe(interfaceOption),
  /** By position where it is left out. The kernel keeps 253 to 255 and 0 for itself. */
  table: maybe(
    shaped(
      option('a table from 1 to 252 or from 256 to 2147483647', (found) =>
        Number.isInteger(found) ? readTable(Number(found)) : undefined,
      ),
      { kind: 'number', first: 1, last: 0x7fffffff, whole: true },
    ),
  ),
  metered: optional(flag, false),
  cap_mb: optional(wholeNumber(0, 1_000_000_000), 0),
  /** Up to 28: every month has it. */
  billing_day: optional(wholeNumber(1, 28), 1),
  /** The kernel's next hops take 1 to 256. */
  weight: optional(wholeNumber(1, 256), 1),
  inbound: optional(choice(['open', 'established']), 'open'),
  targets: optional(
    list(addressOption, { limit: 16, expected: 'a list of addresses like [203.0.113.1]' }),
    [],
  ),
})

const policy = mapping('a policy with name, from and use', {
  name: required(policyNameOption),
  from: required(clients),
  to: optional(
    list(networkOption, { limit: 1024, expected: 'a list of networks like [203.0.113.0/24]' }),
    [],
  ),
  protocol: optional(choice(['any', 'tcp', 'udp', 'icmp']), 'any'),
  ports: optional(
    list(portsOption, { limit: 64, expected: 'a list of ports like ["443", "5000-5100"]' }),
    [],
  ),
  use: required(use),
  balance: optional(flag, false),
  over_cap: optional(flag, false),
  failback: maybe(choice(['graceful', 'immediate'])),
})

const defaultPolicy = mapping('a mapping with use and balance', {
  use: maybe(use),
  balance: optional(flag, false),
})

const probe = mapping('a mapping like { interval: 1 }', {
  targets: optional(
    list(ipv4Option, { limit: 16, expected: 'a list of IPv4 addresses like [1.1.1.1, 8.8.8.8]' }),
    ['1.1.1.1', '8.8.8.8', '9.9.9.9'],
  ),
  targets6: optional(list(ipv6Option, { limit: 16, expected: 'a list of IPv6 addresses' }), [
    '2606:4700:4700::1111',
    '2001:4860:4860::8888',
  ]),
  methods: optional(
    list(choice(probeMethods), {
      limit: probeMethods.length,
      expected: `a list of ${inWords(probeMethods, 'and')}`,
    }),
    ['icmp', 'dns'],
  ),
  dns_name: optional(dnsNameOption, 'dns.google'),
  tcp_port: optional(port, 443),
  http_url: optional(httpUrlOption, 'http://connectivitycheck.gstatic.com/generate_204'),
  interval: optional(seconds(0.1, 3600), 1),
  metered_interval: optional(seconds(0.1, day), 30),
  timeout: optional(seconds(0.1, 60), 1),
  down_after: optional(wholeNumber(1, 100), 3),
  up_after: optional(wholeNumber(1, 1000), 5),
  max_loss_percent: optional(decimalNumber('a percentage', 0, 100), 20),
  max_latency_ms: optional(decimalNumber('milliseconds', 1, 60_000), 500),
})

const failback = mapping('a mapping like { delay: 30 }', {
  delay: optional(seconds(0, day), 30),
  mode: optional(choice(['graceful', 'immediate']), 'graceful'),
  max_hold_down: optional(seconds(0, day), 300),
})

/** Another of our boxes that serves the same house. The address makes a pair of it. */
const pair = mapping('a mapping like { address: 192.168.0.5/24, peer: 192.168.0.4 }', {
  address: maybe(ownAddressOption),
  address6: maybe(linkLocalOption),
  interface: maybe(interfaceOption),
  peer: maybe(ipv4Option),
  role: optional(choice(['first', 'second']), 'first'),
  /** RFC 5798, 5.2.3. */
  group: optional(wholeNumber(1, 255), 51),
  speed: optional(choice(['normal', 'fast']), 'normal'),
})

const testFailover = mapping('a mapping like { minutes: 10 }', {
  minutes: optional(decimalNumber('minutes', 0.1, 1440), 10),
  devices: optional(clients, []),
})

/** Flat, since the add-on's form can't hold "true or a mapping" under one name. */
const mqtt = mapping('a mapping like { host: 192.168.0.10 }', {
  host: maybe(brokerHostOption),
  /** 1883, with TLS 8883, where it is left out. */
  port: maybe(port),
  username: maybe(plainText('a name, in quotes if it is a number')),
  password: maybe(secret(plainText('a password, in quotes if it is a number'))),
  tls: optional(flagOption(tlsHint), false),
  tls_ca_file: maybe(
    textOption('the path of a PEM file like /ssl/ca.pem', (text) =>
      /^\/[^\0]{1,4095}$/.test(text) ? text : undefined,
    ),
  ),
  tls_verify: optional(flag, true),
  base_topic: optional(baseTopicOption, 'wan_failover'),
})

/**
 * Not in the add-on's form: ingress brings the page to Home Assistant's users, and the Supervisor
 * picks its port. 8099 is what the Supervisor has for ingress by default.
 */
const web = mapping('a mapping like { port: 8099 }', {
  port: optional(wholeNumber(0, 65_535), 8099),
  token: maybe(
    secret(
      textOption('a token of 16 to 256 letters, digits and signs without spaces', (text) =>
        /^[!-~]{16,256}$/.test(text) ? text : undefined,
      ),
    ),
  ),
})

export const optionsSchema = mapping('a mapping of options, starting with wans:', {
  wans: required(
    list(wan, { limit: 1000, expected: 'a list of 2 to 8 WANs, or [] to observe only' }),
  ),
  policies: optional(list(policy, { limit: 2_000, expected: 'a list of policies, or []' }), []),
  default_policy: optional(defaultPolicy, {}),
  probe: optional(probe, {}),
  failback: optional(failback, {}),
  sidestep: optional(choice(['auto', 'always', 'off']), 'auto'),
  dns_rescue: optional(choice(['auto', 'off']), 'auto'),
  pair: optional(pair, {}),
  nat: optional(choice(['auto', 'always', 'never']), 'auto'),
  test_failover: optional(testFailover, {}),
  on_stop: optional(choice(['restore', 'keep']), 'restore'),
  tunnels: optional(tunnelsOption, []),
  forwards: optional(forwardsOption, []),
  mqtt: optional(mqtt, {}),
  notify: optional(
    list(notifyOption, { limit: 32, expected: 'a list like [notify.mobile_app_phone]' }),
    [],
  ),
  log_level: optional(choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal']), 'info'),
  web: optional(web, {}),
})

/** What the user wrote, canonical, with every default filled in; durations as written. */
export type Options = v.InferOutput<typeof optionsSchema>

export type WanOptions = Options['wans'][number]

export type TunnelOptions = Options['tunnels'][number]

export type ForwardOptions = Options['forwards'][number]

export type PolicyOptions = Options['policies'][number]

/** The options of somebody who has written none but `wans: []`: observe only. */
export const defaultOptions: Options = v.parse(optionsSchema, { wans: [] })

function readTable(table: number): number | undefined {
  const reserved = table >= 253 && table <= 255
  return table >= 1 && table <= 0x7fffffff && !reserved ? table : undefined
}

function tlsHint(found: unknown): string {
  const beside = '; tls_ca_file and tls_verify stand beside it'
  return `true or false${typeof found === 'object' ? beside : ''}`
}

/** Kept as it is, blanks included; a number would have lost its leading zeros by now. */
function plainText(expected: string) {
  return option(expected, (found) =>
    typeof found === 'string' && found.length <= 1024 ? found : undefined,
  )
}

function secret(wanted: Option<string>): Option<string> {
  return shaped(wanted, { kind: 'secret' })
}
