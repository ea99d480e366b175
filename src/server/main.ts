/** The entry point of `wan-failover-server`. */
import { serverCommandLine } from './commands/server-command-line.ts'

process.exitCode = await serverCommandLine(process.argv.slice(2))
