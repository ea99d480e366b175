import { runTool } from '../../kernel/tools/run-tool.ts'

/** Only the service's own settings: others are of a server that somebody runs by hand. */
export async function tellService(settingsPath: string): Promise<void> {
  if (settingsPath !== servedSettings) return
  const words = ['try-reload-or-restart', 'wan-failover-server.service']
  const answer = await runTool('systemctl', words, { timeoutMs: 30_000 })
  if (answer.kind === 'failed') throw new Error(`the service has not been told: ${answer.error}`)
}

const servedSettings = '/etc/wan-failover-server/server.json'
