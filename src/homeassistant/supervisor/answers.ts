/** What the Supervisor's answers mean, and what its refusals do. */
import * as v from 'valibot'

export type Answer<Value> = { readonly kind: 'ok'; readonly value: Value } | NoAnswer

export type NoAnswer = {
  readonly kind:
    | 'not_supervised'
    /** There is no broker now; the user may install one. */
    | 'no_service'
    | 'forbidden'
    /** It may answer later: it, or the way to it, isn't up yet. */
    | 'unreachable'
    | 'invalid'
  /** One sentence without a full stop, never with a secret in it. */
  readonly reason: string
}

export function dataOf<Value>(
  body: string,
  path: string,
  shape: v.GenericSchema<unknown, Value>,
): Answer<Value> {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), v.object({ data: shape })), body)
  if (parsed.success) return { kind: 'ok', value: parsed.output.data }
  // Issues name the path and what is right there; the body would show the password.
  const where = parsed.issues.map((issue) => v.getDotPath(issue) ?? 'the whole').join(', ')
  return {
    kind: 'invalid',
    reason: `the Supervisor's answer to ${path} isn't understood at: ${where}`,
  }
}

export function refusal(
  { status, body }: { status: number; body: string },
  path: string,
): NoAnswer {
  switch (status) {
    case 400:
      if (path !== '/services/mqtt') break
      return {
        kind: 'no_service',
        reason:
          'Home Assistant has no MQTT broker: install the Mosquitto add-on, or give mqtt a host',
      }
    case 401:
    case 403:
      return {
        kind: 'forbidden',
        reason: `the Supervisor doesn't let this add-on ask ${path} (${status})`,
      }
    case 502:
    case 503:
    case 504:
      return { kind: 'unreachable', reason: `the Supervisor isn't ready yet (${status})` }
    default:
      break
  }
  const said = messageOf(body)
  const words = said === null ? '' : `: ${said}`
  return { kind: 'invalid', reason: `the Supervisor answers ${path} with status ${status}${words}` }
}

const errorShape = v.pipe(v.string(), v.parseJson(), v.object({ message: v.string() }))

export function messageOf(body: string): string | null {
  const parsed = v.safeParse(errorShape, body)
  return parsed.success ? parsed.output.message.slice(0, 200) : null
}
