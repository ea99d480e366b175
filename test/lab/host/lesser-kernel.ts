/**
 * Tools in front of the real ones that answer as those of a lesser kernel do: a folder for PATH.
 * What is missing is refused whole, as one transaction; everything else is the real kernel's.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Missing = 'ct mark' | 'conntrack' | 'multipath' | 'nat6' | 'dnat' | 'set counters'

export class LesserKernel {
  readonly #folder = mkdtempSync(join(tmpdir(), 'wan-failover-tools-'))

  constructor(missing: readonly Missing[]) {
    const patterns = [
      ...(missing.includes('ct mark') ? ['ct mark'] : []),
      ...(missing.includes('nat6') ? ['(ip6|nfproto ipv6).*(masquerade|snat)'] : []),
      ...(missing.includes('dnat') ? ['dnat'] : []),
      ...(missing.includes('set counters') ? ['saddr counter'] : []),
    ]
    if (patterns.length > 0) this.#write('nft', nftWithout(patterns))
    if (missing.includes('conntrack')) this.#write('conntrack', conntrackOfNone)
    if (missing.includes('multipath')) this.#write('ip', ipWithoutMultipath)
  }

  /** For the daemon's environment. */
  get environment(): { readonly PATH: string } {
    return { PATH: `${this.#folder}:${process.env['PATH']}` }
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #write(name: string, script: string): void {
    mkdirSync(this.#folder, { recursive: true })
    const path = join(this.#folder, name)
    writeFileSync(path, `#!/bin/sh\nPATH="\${PATH#"${this.#folder}:"}"\n${script}\n`)
    chmodSync(path, 0o755)
  }
}

/** nft(8) in one argument, or on its standard input. */
function nftWithout(patterns: readonly string[]): string {
  return `
script="$*"
case " $* " in
  *" -f - "*) script=$(cat) ;;
esac
case " $* " in
  *" list "* | *" monitor"*) exec nft "$@" ;;
esac
if printf '%s\\n' "$script" | grep -Eq '${patterns.join('|')}'; then
  echo 'Error: Could not process rule: Operation not supported' >&2
  exit 1
fi
case " $* " in
  *" -f - "*) printf '%s\\n' "$script" | nft "$@" ;;
  *) exec nft "$@" ;;
esac`
}

/** conntrack(8) where nfnetlink has no table of connections. */
const conntrackOfNone = `
echo "conntrack v1.4.7 (conntrack-tools): Can't open handler" >&2
exit 1`

/** Line by line, as \`ip -batch -\` reads; the kernel says EINVAL to two next hops. */
const ipWithoutMultipath = `
case " $* " in
  *" -batch - "*)
    sed -u 's|^route add .* nexthop .* nexthop .*|route add 192.0.2.0/24 nexthop|' | exec ip "$@" ;;
  *) exec ip "$@" ;;
esac`
