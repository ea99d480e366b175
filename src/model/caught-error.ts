/** What a caught error says; JavaScript may throw anything. */

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Node's word for it, like `ENOENT`; empty where it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
