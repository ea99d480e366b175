/** What the service runs: builds the daemon, and hands it systemd's signals. */
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pinoLog } from '../../logging/pino-log.ts'
import { HelloSockets } from '../hello/hello-sockets.ts'
import { KernelBook } from '../network/kernel-book.ts'
import { ServerNetwork } from '../network/server-network.ts'
import { ServerDaemon } from '../server-daemon.ts'
import type { ServerArguments } from './server-command-line.ts'
import { readSettingsFile } from './settings-store.ts'

export async function runServer({ settingsPath }: ServerArguments): Promise<number> {
  // systemd has made it for the service, systemd.exec(5), RuntimeDirectory.
  const [given = ''] = (process.env['RUNTIME_DIRECTORY'] ?? '').split(':')
  const runFolder = given === '' ? '/run/wan-failover-server' : given
  mkdirSync(runFolder, { recursive: true, mode: 0o700 })
  const log = pinoLog('info', process.env['JOURNAL_STREAM'] === undefined ? 'text' : 'journal')
  const book = new KernelBook(join(runFolder, 'kernel-settings.json'))
  const daemon = new ServerDaemon({
    readSettings: () => readSettingsFile(settingsPath),
    network: new ServerNetwork({ runFolder, book }),
    openSockets: (parts) => HelloSockets.open(parts),
    secret: randomBytes(32),
    // Not the time of day, which may be set back: then what is proven would count for longer.
    nowMs: () => performance.now(),
    log,
  })
  process.on('SIGHUP', () => daemon.readAgain())
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => daemon.stop())
  const left = await daemon.run()
  for (const error of left) log.error(error)
  return left.length === 0 ? 0 : 1
}
