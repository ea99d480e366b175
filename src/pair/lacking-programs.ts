import { isInstalled } from '../kernel/tools/run-tool.ts'

/** Null where all programs are there that a pair needs; else what is missing and what to do. */
export function lacking(): string | null {
  const missing = ['keepalived', 'setpriv'].filter((program) => !isInstalled(program))
  if (missing.length === 0) return null
  const [first = ''] = missing
  const packages: Readonly<Record<string, string>> = { setpriv: 'util-linux' }
  const absent = `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not installed`
  return (
    `pair: ${absent}, so this box can't take the shared address: ` +
    `apt install ${packages[first] ?? first}`
  )
}
