/**
 * What the Supervisor of Home Assistant OS knows: the broker that Home Assistant uses, this
 * add-on itself, the host and its network. Read only, by paths that an add-on of role `default`
 * may use. It never asks the Mosquitto add-on itself: another add-on may offer the broker.
 */
import * as v from 'valibot'
import type { Broker } from '../mqtt/broker.ts'
import { type Answer, dataOf, refusal } from './answers.ts'
import { SupervisorApi } from './supervisor-api.ts'

export interface SupervisorOptions {
  /** SUPERVISOR_TOKEN of the environment; undefined or empty outside of Home Assistant OS. */
  readonly token: string | undefined
  readonly baseUrl?: string
  readonly timeoutMs?: number
}

export interface OwnInfo {
  /** Where the ingress expects our page; null if there is no ingress. */
  readonly ingressPort: number | null
  readonly slug: string
  readonly version: string | null
}

export interface FoundInterface {
  readonly name: string
  /** `ethernet`, `wireless` or `vlan`. */
  readonly type: string
  /** With their prefix lengths, both families, without link-local ones. */
  readonly addresses: readonly string[]
  /** Both families; empty if there is none. */
  readonly gateways: readonly string[]
  /** DNS servers, both families. */
  readonly nameservers: readonly string[]
  /** The host prefers its default route. */
  readonly primary: boolean
  readonly connected: boolean
}

export interface HostInfo {
  readonly hostName: string | null
  /** As `Home Assistant OS 18.1`. */
  readonly operatingSystem: string | null
  readonly kernel: string | null
}

export class Supervisor {
  readonly #api: SupervisorApi | null

  constructor({ token, ...rest }: SupervisorOptions) {
    this.#api = token === undefined || token === '' ? null : new SupervisorApi({ token, ...rest })
  }

  /** `GET /services/mqtt`: what the broker's add-on registered. */
  async broker(): Promise<Answer<Broker>> {
    const answer = await this.#get('/services/mqtt', serviceShape)
    return answer.kind === 'ok' ? { kind: 'ok', value: brokerOf(answer.value) } : answer
  }

  /** `GET /addons/self/info`. */
  self(): Promise<Answer<OwnInfo>> {
    return this.#get('/addons/self/info', selfShape)
  }

  /** `GET /network/info`: the interfaces as NetworkManager has them, Docker's not among them. */
  network(): Promise<Answer<readonly FoundInterface[]>> {
    return this.#get('/network/info', networkShape)
  }

  /** `GET /dns/info`: what its own DNS server asks, as `dns://192.168.0.1`. */
  dns(): Promise<Answer<readonly string[]>> {
    return this.#get('/dns/info', dnsShape)
  }

  /** `GET /host/info`. */
  host(): Promise<Answer<HostInfo>> {
    return this.#get('/host/info', hostShape)
  }

  async #get<Value>(path: string, shape: v.GenericSchema<unknown, Value>): Promise<Answer<Value>> {
    if (this.#api === null) {
      return { kind: 'not_supervised', reason: 'there is no Supervisor: give mqtt a host' }
    }
    const reply = await this.#api.ask({ method: 'GET', path })
    switch (reply.kind) {
      case 'replied':
        return reply.status === 200 ? dataOf(reply.body, path, shape) : refusal(reply, path)
      case 'unreachable':
        return { kind: 'unreachable', reason: reply.reason }
      case 'too_large':
        return { kind: 'invalid', reason: reply.reason }
    }
  }
}

const nullableText = v.pipe(
  v.nullish(v.string(), null),
  v.transform((text) => (text === '' ? null : text)),
)

const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))

const serviceShape = v.object({
  host: v.pipe(v.string(), v.nonEmpty()),
  port,
  ssl: v.optional(v.boolean(), false),
  username: nullableText,
  password: nullableText,
})

function brokerOf({ ssl, ...rest }: v.InferOutput<typeof serviceShape>): Broker {
  // Inside the machine the broker has a name that is in no certificate.
  return { ...rest, tls: ssl ? { caFile: null, verify: false } : null }
}

const selfShape = v.pipe(
  v.object({
    slug: v.pipe(v.string(), v.nonEmpty()),
    version: nullableText,
    // The manifest asks for zero; the answer has the port that the Supervisor picked.
    ingress_port: v.nullish(v.union([port, v.literal(0)])),
  }),
  v.transform(({ slug, version, ingress_port }) => ({
    slug,
    version,
    ingressPort: ingress_port === undefined || ingress_port === 0 ? null : ingress_port,
  })),
)

const family = v.nullish(
  v.object({
    address: v.optional(v.array(v.string()), []),
    gateway: nullableText,
    nameservers: v.optional(v.array(v.string()), []),
  }),
)

/** More than any real machine has: with more, the answer is wrong. */
const maxInterfaces = 100

const networkShape = v.pipe(
  v.object({
    interfaces: v.pipe(
      v.array(
        v.object({
          interface: v.pipe(v.string(), v.nonEmpty()),
          type: v.string(),
          connected: v.optional(v.boolean(), false),
          primary: v.optional(v.boolean(), false),
          ipv4: family,
          ipv6: family,
        }),
      ),
      v.maxLength(maxInterfaces),
    ),
  }),
  v.transform(({ interfaces }): readonly FoundInterface[] =>
    interfaces.map(({ interface: name, type, connected, primary, ipv4, ipv6 }) => ({
      name,
      type,
      addresses: [...(ipv4?.address ?? []), ...(ipv6?.address ?? [])].filter(isRoutable),
      gateways: [ipv4?.gateway, ipv6?.gateway].filter(
        (each) => each !== null && each !== undefined,
      ),
      nameservers: [...(ipv4?.nameservers ?? []), ...(ipv6?.nameservers ?? [])],
      primary,
      connected,
    })),
  ),
)

function isRoutable(address: string): boolean {
  return !/^fe[89ab]/i.test(address)
}

const dnsShape = v.pipe(
  v.object({
    servers: v.optional(v.array(v.string()), []),
    locals: v.optional(v.array(v.string()), []),
  }),
  v.transform(({ servers, locals }): readonly string[] => [...servers, ...locals]),
)

const hostShape = v.pipe(
  v.object({ hostname: nullableText, operating_system: nullableText, kernel: nullableText }),
  v.transform(({ hostname, operating_system, kernel }) => ({
    hostName: hostname,
    operatingSystem: operating_system,
    kernel,
  })),
)
