import { accessSync, constants } from 'node:fs'

/** Null where all programs are there that a pair needs; else what is missing and what to do. */
export function lacking(): string | null {
  const missing = ['keepalived', 'setpriv'].filter((program) => !isThere(program))
  if (missing.length === 0) return null
  const [first = ''] = missing
  const packages: Readonly<Record<string, string>> = { setpriv: 'util-linux' }
  return (
    `pair: ${missing.join(' and ')} is not installed, so this box can't take the shared address: ` +
    `apt install ${packages[first] ?? first}`
  )
}

function isThere(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => {
    try {
      accessSync(`${folder}/${program}`, constants.X_OK)
      return true
    } catch {
      // Not in this folder: the next one may have it.
      return false
    }
  })
}
