/**
 * The key to the commands, where a page has one: `wan-failover page` puts it behind the `#`, which
 * no browser sends. It is kept for this tab and this address alone, never in a cookie.
 */
const name = 'wan_failover_key'

/** Call it before anything is sent, and whenever the address changes: it takes the key out of the address bar. */
export function takeKey(): void {
  const [, key] = /^#key=([\w-]{1,100})$/.exec(location.hash) ?? []
  if (key === undefined) return
  keep(key)
  history.replaceState(null, '', location.pathname + location.search)
}

export function keptKey(): string | null {
  try {
    return sessionStorage.getItem(name)
  } catch {
    // The browser keeps nothing for this page.
    return null
  }
}

/** The daemon no longer takes it: each start makes another one. */
export function forgetKey(): void {
  try {
    sessionStorage.removeItem(name)
  } catch {
    // It was not kept either.
  }
}

function keep(key: string): void {
  try {
    sessionStorage.setItem(name, key)
  } catch {
    // Commands are refused then, and the page says how they are not.
  }
}
