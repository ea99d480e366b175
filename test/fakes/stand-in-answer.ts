/** `silence`: never an answer. `cut`: the connection ends without one. */
export type Answer = { readonly status: number; readonly body: string } | 'silence' | 'cut'

export function ok(data: unknown): Answer {
  return { status: 200, body: JSON.stringify({ result: 'ok', data }) }
}

export function refused(status: number, message = 'refused'): Answer {
  return { status, body: JSON.stringify({ result: 'error', message }) }
}
