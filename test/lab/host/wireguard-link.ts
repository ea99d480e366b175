/** A link of WireGuard's in a machine of the lab: the kernel's own, or wireguard-go's without that. */
import { once } from 'node:events'
import { waitFor } from '../../wait-for.ts'
import type { LabNode } from '../network/node.ts'
import { hasKernelWireguard } from './requirements.ts'

export interface WireguardLink {
  /** It is gone at once, and says goodbye to nobody. */
  readonly close: () => Promise<void>
}

export async function addWireguardLink(node: LabNode, link: string): Promise<WireguardLink> {
  if (hasKernelWireguard()) {
    await node.ip([`link add ${link} type wireguard`])
    return {
      close: async () => {
        await node.ip([`link delete ${link}`])
      },
    }
  }
  const environment = { ...process.env, LOG_LEVEL: 'error', WG_PROCESS_FOREGROUND: '1' }
  const options = { stdio: 'ignore', env: environment } as const
  const child = node.spawn('wireguard-go', ['-f', link], options)
  const isThere = async () => (await node.run('ip', '-o', 'link')).includes(` ${link}:`)
  await waitFor(isThere, { deadlineMs: 10_000, what: `the link ${link}` })
  return {
    close: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}
