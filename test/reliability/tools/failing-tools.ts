/**
 * A folder for PATH in which each tool of the daemon's stands behind a script. A file says how the
 * tool is at this moment, so that it can fail and be well again while the daemon runs.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** What any daemon calls, and what one with a tunnel calls besides. */
export const usualTools = ['ip', 'nft', 'conntrack', 'iptables', 'ip6tables'] as const
export const tunnelTools = ['wg', 'wireguard-go'] as const
const failing = [...usualTools, ...tunnelTools] as const
export type Tool = (typeof failing)[number]

/** What a call comes to; in `sh`, with the tool's path in `$real`. */
const scripts = {
  error: 'echo "it broke" >&2; exit 1',
  hang: 'exec sleep 15',
  slow: 'sleep 0.7; exec "$real" "$@"',
  rubbish: 'exec head -c 3000 /dev/urandom',
  endless: 'exec yes "[ 1, rubbish"',
  /** It says yes to everything and does nothing. */
  silent: `
    $batch || { cat >/dev/null; exit 0; }
    n=0
    while read -r line; do
      n=$((n + 1))
      case "$line" in
        wan-failover-*) echo "Object \\"$line\\" is unknown."; echo "Command failed -:$n" ;;
      esac
    done`,
  /** It reads as ever, and refuses to change anything. */
  refusing: `
    if $batch; then
      sed -uE 's/^(rule|route) (add|append|replace|change|del|delete) .*/link frobnicate/' |
        "$real" "$@"
      exit
    fi
    case " $* " in
      *" list "* | *" monitor "* | *" -L "* | *" -S "* | *" -V "* | *" show "*)
        exec "$real" "$@"
        ;;
    esac
    cat >/dev/null
    echo "Operation not permitted" >&2
    exit 1`,
  /** As much of the answer as fits; then it dies. */
  torn: 'if $batch; then exec 2>&1; fi; "$real" "$@" | head -c 700',
  /** Of another version: other words, keys that are new or gone. */
  other: `
    if $batch; then exec 2>&1; fi
    "$real" "$@" | sed -uE '
      s/"protocol":"?([a-z0-9]+)"?/"protocol":"\\1","origin":{"tool":7}/g
      s/"metric":([0-9]+)/"metric":"\\1"/g
      s/"(flags|state)":\\[/"extended":null,"\\1":[/g
      s/meta mark/mark/g
      s/priority ([a-z]+) ([+-]) /priority \\1\\2/g
      s/counter name "([^"]+)"/counter name \\1/g'`,
} as const

export type Ailment = keyof typeof scripts | 'missing'
export const ailments = [...(Object.keys(scripts) as (keyof typeof scripts)[]), 'missing'] as const

export class FailingTools {
  readonly #folder = mkdtempSync(join(tmpdir(), 'wan-failover-failing-'))
  readonly #path = join(this.#folder, 'path')

  constructor() {
    mkdirSync(this.#path)
    const places = (process.env['PATH'] ?? '').split(delimiter).filter((place) => existsSync(place))
    for (const place of places) {
      for (const name of readdirSync(place)) this.#link(name, join(place, name))
    }
    for (const tool of failing) this.#stand(tool, places)
  }

  /** For the daemon: it finds nothing but what stands here. */
  get environment(): { readonly PATH: string } {
    return { PATH: this.#path }
  }

  /** From the next call on. */
  ail(tool: Tool, ailment: Ailment): void {
    if (ailment === 'missing') renameSync(join(this.#path, tool), this.#aside(tool))
    else writeFileSync(this.#stateOf(tool), `${ailment}\n`)
  }

  /** From the next call on; what hangs goes on hanging. */
  heal(tool: Tool): void {
    rmSync(this.#stateOf(tool), { force: true })
    if (existsSync(this.#aside(tool))) renameSync(this.#aside(tool), join(this.#path, tool))
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #link(name: string, path: string): void {
    const link = join(this.#path, name)
    if (!(failing as readonly string[]).includes(name) && !existsSync(link)) symlinkSync(path, link)
  }

  #stand(tool: Tool, places: readonly string[]): void {
    const real = places.map((place) => join(place, tool)).find((path) => existsSync(path))
    if (real === undefined) return
    const cases = Object.entries(scripts).map(([name, script]) => `${name}) ${script} ;;`)
    const text = `#!/bin/sh
real=${real}
read -r state 2>/dev/null <${this.#stateOf(tool)} || exec "$real" "$@"
case " $* " in
  *" -batch "*) batch=true ;;
  *) batch=false ;;
esac
case "$state" in
${cases.join('\n')}
esac
`
    writeFileSync(join(this.#path, tool), text)
    chmodSync(join(this.#path, tool), 0o755)
  }

  #stateOf(tool: Tool): string {
    return join(this.#folder, `${tool}.state`)
  }

  #aside(tool: Tool): string {
    return join(this.#folder, `${tool}.aside`)
  }
}
