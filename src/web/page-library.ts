/**
 * The library that answers requests. It is loaded with the first one: the classes of `fetch`, which
 * come along, take Node as long as a hundred of our own modules, and a daemon that nobody looks at
 * begins sooner and stays smaller without them.
 */
export async function loadPageLibrary() {
  const [{ Hono }, { bodyLimit }, { getRequestListener, RequestError }, response] =
    await Promise.all([
      import('hono'),
      import('hono/body-limit'),
      import('@hono/node-server'),
      import('@hono/node-server/utils/response'),
    ])
  const alreadySent = response.RESPONSE_ALREADY_SENT
  return { Hono, bodyLimit, getRequestListener, RequestError, alreadySent }
}

export type PageLibrary = Awaited<ReturnType<typeof loadPageLibrary>>
