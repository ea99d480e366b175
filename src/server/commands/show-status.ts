/** Asks the kernel, not the service: what stands is what carries. Needs root, as wg and nft do. */
import { readChains } from '../../kernel/reading/nft-chains.ts'
import { runTool } from '../../kernel/tools/run-tool.ts'
import { readEndpoint } from '../../model/tunnel/endpoint.ts'
import { readHouseStatus, readTwins, statusLines } from '../houses/house-status.ts'
import { firewallLines } from '../houses/other-firewalls.ts'
import { serverLink, serverTable } from '../network/server-table.ts'
import type { ServerArguments } from './server-command-line.ts'
import { settingsOrThrow } from './settings-store.ts'

export async function showStatus({ settingsPath, json }: ServerArguments): Promise<number> {
  const settings = await settingsOrThrow(settingsPath)
  const dump = await runTool('wg', ['show', serverLink, 'dump'])
  if (dump.kind !== 'done') {
    process.stderr.write(`The tunnel is not there: ${dump.error}\n${advice}\n`)
    return 1
  }
  const maps = await Promise.all(
    ['ip', 'ip6'].map((word) => runTool('nft', ['-j', 'list', 'map', word, serverTable, 'twins'])),
  )
  const twins = new Map(
    maps.flatMap((map) => (map.kind === 'done' ? [...readTwins(map.output)] : [])),
  )
  const chains = (await readChains('nft')) ?? []
  const { port = 0 } = readEndpoint(settings.endpoint) ?? {}
  const firewalls = firewallLines(chains, { ownTable: serverTable, link: serverLink, port })
  const nowS = Math.floor(Date.now() / 1000)
  const houses = readHouseStatus(settings, { dump: dump.output, twins, nowS })
  const text = json
    ? JSON.stringify({ endpoint: settings.endpoint, houses, firewalls }, null, 2)
    : [`Listening as ${settings.endpoint}.`, ...statusLines(houses), ...firewalls].join('\n')
  process.stdout.write(`${text}\n`)
  return maps.every(({ kind }) => kind === 'done') ? 0 : 1
}

const advice = 'Why, the service says: journalctl --unit wan-failover-server'
