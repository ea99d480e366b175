/**
 * A real request through a WAN: HTTP, and so TCP, for a page of which the right answer is known
 * (204, no content). Ping and DNS may live where it gets nowhere.
 */
export type WebAnswer =
  | { readonly kind: 'answered' }
  /** Somebody answers in the server's place, at `by`. */
  | { readonly kind: 'captive'; readonly by: string }
  /** The name is known, but no connection to the server comes about, or no answer over it. */
  | { readonly kind: 'no_tcp' }
  /** It proves nothing: no name, an error of the server's or of this machine's. */
  | { readonly kind: 'unclear'; readonly reason: string }

/** Two servers of two operators: one that fails alone is at fault itself. */
export function checkUrls(httpUrl: string): readonly [string, string] {
  const second = new URL(httpUrl).host === new URL(cloudflare).host ? google : cloudflare
  return [httpUrl, second]
}

const cloudflare = 'http://cp.cloudflare.com/generate_204'
const google = 'http://connectivitycheck.gstatic.com/generate_204'
