/** The first visit to a new Home Assistant: makes its owner, and a token that lasts. */
import {
  type Connection,
  createConnection,
  createLongLivedTokenAuth,
} from 'home-assistant-js-websocket'

export const owner = { username: 'owner', password: 'not-to-be-logged-2204' }

/** Gives a long-lived access token of the new owner. */
export async function onboard(url: string): Promise<string> {
  // The client of a login is named by the address of its own page.
  const client_id = `${url}/`
  const user = { name: 'Owner', ...owner, client_id, language: 'en' }
  const { auth_code: code } = await post<{ auth_code: string }>(
    `${url}/api/onboarding/users`,
    { 'Content-Type': 'application/json' },
    JSON.stringify(user),
  )
  const { access_token: shortLived } = await post<{ access_token: string }>(
    `${url}/auth/token`,
    {},
    new URLSearchParams({ grant_type: 'authorization_code', code, client_id }),
  )
  const connection = await connect(url, shortLived)
  try {
    return await connection.sendMessagePromise<string>({
      type: 'auth/long_lived_access_token',
      client_name: 'end-to-end test',
      lifespan: 30,
    })
  } finally {
    connection.close()
  }
}

export function connect(url: string, token: string): Promise<Connection> {
  return createConnection({ auth: createLongLivedTokenAuth(url, token) })
}

async function post<T>(
  url: string,
  headers: Record<string, string>,
  body: string | URLSearchParams,
): Promise<T> {
  const answer = await fetch(url, {
    method: 'POST',
    headers,
    body,
    signal: AbortSignal.timeout(10_000),
  })
  if (!answer.ok) throw new Error(`POST ${url}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}
