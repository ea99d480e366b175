/** One question to the page, as no library would ask it: any header, from any local address. */
import { type IncomingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'

export interface Question {
  readonly host?: string
  readonly port: number
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly localAddress?: string
}

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export function ask(question: Question): Promise<Reply> {
  const { host = '127.0.0.1', path = '/', body, ...rest } = question
  return new Promise((resolve, reject) => {
    const asking = request({ host, path, timeout: 5_000, agent: false, ...rest }, (response) => {
      text(response).then((body) => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body })
      }, reject)
    })
    asking.on('error', reject)
    asking.on('timeout', () => asking.destroy(new Error('no answer')))
    asking.end(body)
  })
}

/** A command as the page sends it. */
export function command(port: number, path: string, body: object, headers = {}): Promise<Reply> {
  const json = { 'content-type': 'application/json', ...headers }
  return ask({ port, method: 'POST', path, headers: json, body: JSON.stringify(body) })
}
