/**
 * One HTTP request to the Supervisor, or by its proxy to Home Assistant Core. Whatever happens
 * comes back in time, as a value with a reason that a person understands.
 */

export interface SupervisorAccess {
  /** SUPERVISOR_TOKEN of the environment. */
  readonly token: string
  readonly baseUrl?: string
  readonly timeoutMs?: number
}

export type Reply =
  | { readonly kind: 'replied'; readonly status: number; readonly body: string }
  /** It may answer later: it, or the way to it, isn't up yet. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'too_large'; readonly reason: string }

export interface Question {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly body?: unknown
}

/** An add-on's own info holds its whole form in all languages: some 100 kB. */
const maxBodyBytes = 2_097_152

export const usualBaseUrl = 'http://supervisor'

export class SupervisorApi {
  readonly #token: string
  readonly #baseUrl: string
  readonly #timeoutMs: number

  constructor({ token, baseUrl = usualBaseUrl, timeoutMs = 5_000 }: SupervisorAccess) {
    this.#token = token
    this.#baseUrl = baseUrl
    this.#timeoutMs = timeoutMs
  }

  async ask({ method, path, body }: Question): Promise<Reply> {
    try {
      const response = await fetch(`${this.#baseUrl}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${this.#token}`,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(this.#timeoutMs),
      })
      const text = await boundedText(response)
      if (text !== null) return { kind: 'replied', status: response.status, body: text }
      const reason = `the Supervisor's answer to ${path} is longer than ${maxBodyBytes} bytes`
      return { kind: 'too_large', reason }
    } catch (error) {
      return { kind: 'unreachable', reason: `the Supervisor ${this.#causeOf(error)}` }
    }
  }

  #causeOf(error: unknown): string {
    if (!(error instanceof Error)) return `can't be reached: ${String(error)}`
    if (error.name === 'TimeoutError') return `doesn't answer within ${this.#timeoutMs} ms`
    const { host } = new URL(this.#baseUrl)
    const cause = error.cause instanceof Error ? error.cause : error
    switch ('code' in cause ? cause.code : null) {
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
        return `can't be found: the name ${host} isn't known here`
      case 'ECONNREFUSED':
        return `doesn't answer: nothing listens at ${host}`
      case 'ECONNRESET':
      case 'EPIPE':
      case 'UND_ERR_SOCKET':
        return 'cut the connection'
      default:
        return `can't be reached: ${cause.message}`
    }
  }
}

/** null if it is too long; then it leaves the rest unread. */
async function boundedText(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
