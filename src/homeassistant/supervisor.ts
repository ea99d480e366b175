/**
 * Asks the Supervisor for the broker that Home Assistant uses. Never asks the Mosquitto add-on
 * itself: the service may be another one's.
 */
import * as v from 'valibot'
import type { Broker } from './broker.ts'

export interface SupervisorQuestion {
  /** SUPERVISOR_TOKEN of the environment; undefined or empty outside of Home Assistant OS. */
  readonly token: string | undefined
  readonly baseUrl?: string
  readonly timeoutMs?: number
}

export type SupervisorAnswer =
  | { readonly kind: 'broker'; readonly broker: Broker }
  | { readonly kind: 'not_supervised'; readonly reason: string }
  | { readonly kind: 'no_service'; readonly reason: string }
  | { readonly kind: 'forbidden'; readonly reason: string }
  /** It may answer later: it, or the way to it, isn't up yet. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'invalid'; readonly reason: string }

/** `GET /services/mqtt`, Supervisor's `api/services.py`: `data` is what the broker registered. */
const serviceAnswer = v.object({
  data: v.object({
    host: v.pipe(v.string(), v.nonEmpty()),
    port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
    ssl: v.optional(v.boolean(), false),
    username: v.nullish(v.string()),
    password: v.nullish(v.string()),
  }),
})

export async function askSupervisorForBroker(
  question: SupervisorQuestion,
): Promise<SupervisorAnswer> {
  const { token, baseUrl = 'http://supervisor', timeoutMs = 5_000 } = question
  if (token === undefined || token === '') {
    return { kind: 'not_supervised', reason: 'there is no Supervisor: give mqtt a host' }
  }
  let response: { readonly status: number; readonly body: string }
  try {
    const answer = await fetch(`${baseUrl}/services/mqtt`, {
      headers: { Authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(timeoutMs),
    })
    response = { status: answer.status, body: await answer.text() }
  } catch (error) {
    return { kind: 'unreachable', reason: `the Supervisor doesn't answer: ${causeOf(error)}` }
  }
  return response.status === 200 ? brokerOf(response.body) : refusal(response.status)
}

function brokerOf(body: string): SupervisorAnswer {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), serviceAnswer), body)
  if (!parsed.success) {
    // Issues name the path and what was expected; the body would show the password.
    const where = parsed.issues.map((issue) => v.getDotPath(issue) ?? 'the whole').join(', ')
    return { kind: 'invalid', reason: `the Supervisor's answer isn't understood at: ${where}` }
  }
  const { host, port, ssl, username, password } = parsed.output.data
  return {
    kind: 'broker',
    broker: {
      host,
      port,
      username: textOrNull(username),
      password: textOrNull(password),
      // Inside the machine the broker has a name that no certificate is made out for.
      tls: ssl ? { caFile: null, verify: false } : null,
    },
  }
}

function refusal(status: number): SupervisorAnswer {
  switch (status) {
    case 400:
      return {
        kind: 'no_service',
        reason:
          'Home Assistant has no MQTT broker: install the Mosquitto add-on, or give mqtt a host',
      }
    case 401:
    case 403:
      return {
        kind: 'forbidden',
        reason: "the Supervisor doesn't let this add-on see its services",
      }
    case 502:
    case 503:
    case 504:
      return { kind: 'unreachable', reason: `the Supervisor isn't ready yet (${status})` }
    default:
      return { kind: 'invalid', reason: `the Supervisor answers with status ${status}` }
  }
}

function textOrNull(text: string | null | undefined): string | null {
  return text === null || text === undefined || text === '' ? null : text
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'no answer in time'
  return error.cause instanceof Error ? error.cause.message : error.message
}
