import { Supervisor } from '../../homeassistant/supervisor/supervisor.ts'
import type { KnownResolver } from '../../model/resolver.ts'
import { type HomeResolvers, MachineResolvers } from '../../resolvers/machine-resolvers.ts'

/** Follows the DNS servers that this machine is told to ask, until it is closed. */
export function findResolvers(
  onResolvers: (resolvers: readonly KnownResolver[]) => void,
): MachineResolvers {
  const token = process.env['SUPERVISOR_TOKEN'] ?? ''
  if (token === '') return new MachineResolvers({ onResolvers, askHome: null })
  const supervisor = new Supervisor({ token })
  return new MachineResolvers({ onResolvers, askHome: () => askHome(supervisor) })
}

/** Those that it is told now. */
export async function resolversNow(): Promise<readonly KnownResolver[]> {
  const { promise, resolve } = Promise.withResolvers<readonly KnownResolver[]>()
  const finder = findResolvers(resolve)
  try {
    return await promise
  } finally {
    finder.close()
  }
}

async function askHome(supervisor: Supervisor): Promise<HomeResolvers | null> {
  const [dns, network] = await Promise.all([supervisor.dns(), supervisor.network()])
  if (dns.kind !== 'ok' && network.kind !== 'ok') return null
  const interfaces = network.kind === 'ok' ? network.value : []
  return {
    servers: dns.kind === 'ok' ? dns.value : [],
    nameservers: interfaces
      .filter(({ connected }) => connected)
      .flatMap(({ nameservers }) => nameservers),
  }
}
