/**
 * What an AppArmor profile allows, as apparmor.d(5) has it: enough of the language for our own
 * profile and the abstractions that it includes. `apparmor_parser` resolves the includes.
 */
import { execFileSync } from 'node:child_process'

/** `r` read, `w` write, `m` map executable, `k` lock, `x` execute. */
export type FilePermission = 'r' | 'w' | 'm' | 'k' | 'x'

interface FileRule {
  readonly path: RegExp
  readonly permissions: string
  readonly denied: boolean
}

export class AppArmorProfile {
  readonly capabilities: readonly string[]
  readonly #files: readonly FileRule[]
  /** `inet stream`. */
  readonly #sockets: ReadonlySet<string>
  readonly #signalsSent: ReadonlySet<string>

  /** `text` is a profile without includes. */
  constructor(text: string) {
    const lines = text
      .split('\n')
      .map((line) => line.replace(/^\s*#.*|\s+#.*/, '').trim())
      .filter((line) => line !== '')
    const variables = variablesOf(lines)
    this.#files = lines.flatMap((line) => fileRules(line, variables))
    this.#sockets = new Set(matches(lines, /^network (\w+ \w+),$/))
    this.capabilities = matches(lines, /^capability (\w+),$/)
    this.#signalsSent = new Set(
      matches(lines, /^signal send set=\(([^)]+)\),$/).flatMap((set) => set.split(/[ ,]+/)),
    )
  }

  /** With its includes; throws where `apparmor_parser` can't read it. */
  static read(path: string): AppArmorProfile {
    const environment = { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` }
    const text = execFileSync('apparmor_parser', ['--preprocess', path], {
      env: environment,
      encoding: 'utf8',
      // It warns where the kernel has no AppArmor, which doesn't matter here.
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    })
    return new AppArmorProfile(text)
  }

  /** A folder's path ends in a slash. */
  allowsFile(path: string, permission: FilePermission): boolean {
    const rules = this.#files.filter((rule) => rule.path.test(path))
    const given = (denied: boolean) =>
      rules.some((rule) => rule.denied === denied && rule.permissions.includes(permission))
    return given(false) && !given(true)
  }

  /** As `inet stream`, in the words of the profile. */
  allowsSocket(kind: string): boolean {
    return this.#sockets.has(kind)
  }

  /** As `kill`. */
  allowsSending(signal: string): boolean {
    return this.#signalsSent.has(signal)
  }
}

function matches(lines: readonly string[], pattern: RegExp): string[] {
  return lines.flatMap((line) => pattern.exec(line)?.[1] ?? [])
}

/** `@{run}=/run/ /var/run/`: each with its values. */
function variablesOf(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const variables = new Map<string, readonly string[]>()
  for (const line of lines) {
    const [, name, values = ''] = /^@\{(\w+)\}\s*=\s*(.*)$/.exec(line) ?? []
    if (name !== undefined) variables.set(name, values.replaceAll('"', '').split(/\s+/))
  }
  return variables
}

/** `/usr/bin/ip mrix,`, perhaps behind `deny` or `owner`; nothing for rules of other kinds. */
function fileRules(
  line: string,
  variables: ReadonlyMap<string, readonly string[]>,
): readonly FileRule[] {
  const match = /^(deny )?(?:owner )?([/@]\S*)\s+([rwamklxuiUPpCc]+),$/.exec(line)
  if (match === null) return []
  const [, deny, path = '', letters = ''] = match
  const permissions = letters.replace('a', 'w')
  return expand(path, variables).map((glob) => ({
    path: pathPattern(glob),
    permissions,
    denied: deny !== undefined,
  }))
}

function expand(path: string, variables: ReadonlyMap<string, readonly string[]>): string[] {
  const match = /@\{(\w+)\}/.exec(path)
  if (match === null) return [path.replaceAll(/\/{2,}/g, '/')]
  const values = variables.get(match[1] ?? '') ?? []
  return values.flatMap((value) => expand(path.replace(match[0], value), variables))
}

/** `*` stays within a folder, `**` does not; behind a slash both are one character at least. */
export function pathPattern(glob: string): RegExp {
  let pattern = ''
  let depth = 0
  for (let at = 0; at < glob.length; at += 1) {
    const char = glob.charAt(at)
    if (char === '*') {
      const deep = glob[at + 1] === '*'
      const whole = glob[at - 1] === '/' && ['/', undefined].includes(glob[at + (deep ? 2 : 1)])
      pattern += `${whole ? '[^/]' : ''}${deep ? '.*' : '[^/]*'}`
      if (deep) at += 1
    } else if (char === '{') {
      depth += 1
      pattern += '(?:'
    } else if (char === '}') {
      depth -= 1
      pattern += ')'
    } else if (char === ',' && depth > 0) pattern += '|'
    else if (char === '?') pattern += '[^/]'
    else pattern += '[]'.includes(char) || char === '-' ? char : char.replace(/\W/, '\\$&')
  }
  return new RegExp(`^${pattern}$`)
}
