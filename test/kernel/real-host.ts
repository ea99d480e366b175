/** The private namespace as the host that the kernel contract asks for. */
import { execFileSync } from 'node:child_process'
import { createKernel } from '../../src/kernel/linux-kernel.ts'
import type { Kernel } from '../../src/kernel/port.ts'
import type { Tools } from '../../src/kernel/tools/run-tool.ts'
import { type Family, families } from '../../src/model/address.ts'
import { ipCommand } from '../../src/network/diff/operations.ts'
import type { ContractHost } from '../contract/kernel.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'
import { waitFor } from '../wait-for.ts'

export interface RealHost extends ContractHost {
  readonly log: RecordedLog
}

export function ip(line: string, family: 'ipv4' | 'ipv6' = 'ipv4'): string {
  const args = [family === 'ipv4' ? '-4' : '-6', ...line.split(' ')]
  return execFileSync('ip', args, { encoding: 'utf8' })
}

export function nft(script: string): string {
  return execFileSync('nft', [script], { encoding: 'utf8' })
}

export function iptables(family: Family, line: string): string {
  const command = family === 'ipv4' ? 'iptables' : 'ip6tables'
  return execFileSync(command, line.split(' '), { encoding: 'utf8' })
}

/** As Docker 28 has it; null: as before Docker, with nothing of iptables in nft. */
export function setDockerUser(family: Family, rules: readonly string[] | null): void {
  nft(
    `table ${family === 'ipv4' ? 'ip' : 'ip6'} filter; delete table ${family === 'ipv4' ? 'ip' : 'ip6'} filter`,
  )
  if (rules === null) return
  for (const line of ['-N DOCKER-USER', '-P FORWARD DROP', '-A FORWARD -j DOCKER-USER']) {
    iptables(family, line)
  }
  for (const rule of rules) iptables(family, `-A DOCKER-USER ${rule}`)
}

/** Links `one` and `two` with their addresses; each has its other end in the same namespace. */
export function makeLinks(): void {
  ip('link set lo up')
  for (const link of ['one', 'two']) {
    ip(`link add ${link} type veth peer name ${link}-peer`)
    for (const end of [link, `${link}-peer`]) {
      // Without link-local addresses nothing happens by itself a second later.
      ip(`link set ${end} addrgenmode none`)
      ip(`link set ${end} up`)
    }
  }
  ip('addr add 192.168.1.3/24 dev one')
  ip('addr add 2001:db8:1::3/64 dev one nodad', 'ipv6')
  ip('addr add 192.168.2.3/24 dev two')
}

export async function makeRealHost(tools: Partial<Tools> = {}): Promise<RealHost> {
  makeLinks()
  const log = new RecordedLog()
  const kernel = await createKernel({ log, tools })
  // Each monitor tells once when it has begun to listen; what comes afterwards is real.
  const begun = new Set<string>()
  kernel.watch(({ kind }) => begun.add(kind))
  await waitFor(() => begun.has('routing') && begun.has('nft'), { what: 'both monitors listen' })
  return { log, ...handsOn(kernel) }
}

function handsOn(kernel: Kernel): ContractHost {
  const change = ({ family, line }: ReturnType<typeof ipCommand>) => {
    ip(line, family)
  }
  return {
    kernel,
    setLinkUp: (link, up) => {
      ip(`link set ${link} ${up ? 'up' : 'down'}`)
    },
    addAddress: (link, address) => {
      ip(`addr add ${address} dev ${link}`)
    },
    removeAddress: (link, address) => {
      ip(`addr del ${address} dev ${link}`)
    },
    addRoute: (route) => change(ipCommand({ kind: 'replace_route', route })),
    addRule: (rule) => change(ipCommand({ kind: 'add_rule', rule })),
    removeRule: (rule) => change(ipCommand({ kind: 'delete_rule', rule })),
    removeNft: () => {
      nft('delete table inet wan_failover')
    },
    setDockerUser: (rules) => {
      for (const family of families) setDockerUser(family, rules?.[family] ?? null)
    },
    dockerUser: (family) => {
      const lines = iptables(family, '-S DOCKER-USER').split('\n')
      return lines.filter((line) => line.startsWith('-A')).map((line) => line.slice(15))
    },
    setNeighbour: (address, link, state) => {
      // The kernel tells of the change from an entry that was good.
      ip(`neigh replace ${address} lladdr 02:00:00:00:00:99 dev ${link} nud reachable`)
      if (state === 'FAILED') ip(`neigh change ${address} dev ${link} nud failed`)
    },
    close: async () => {
      await kernel.close()
      for (const link of ['one', 'two']) ip(`link del ${link}`)
    },
  }
}
