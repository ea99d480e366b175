/** `wan-failover-server`: which command with which arguments, and how errors read. */
import { parseArgs } from 'node:util'
import { codeOf, messageOf } from '../../model/caught-error.ts'
import { changeHouses } from './change-houses.ts'
import { runServer } from './run-server.ts'
import { setUp } from './set-up.ts'
import { showStatus } from './show-status.ts'

const usage = `wan-failover-server lets houses keep one public address, whichever line they have.

  wan-failover-server status [--json]         who is there, and by which lines
  wan-failover-server add NAME [--address ADDRESS]... [--proxy] [--port PORT]...
                                              let a house in: prints its invitation, once
  wan-failover-server rekey NAME              another key for it, and another invitation
  wan-failover-server remove NAME             the house is out at once
  wan-failover-server uninstall [--purge]     this machine is as it was
  wan-failover-server setup --endpoint HOST[:PORT]
                                              where houses find this machine; script/install-server
                                              calls it
  wan-failover-server run                     what the service does

  --address ADDRESS  the house's own: 203.0.113.80, or 2001:db8:80::/56; several are possible
  --proxy            the provider looks for these addresses on the link, and doesn't route them here
  --port PORT        of this machine's own address, which lead to the house: tcp/443,
                     udp/5000-5010; several are possible
  --settings FILE    by default /etc/wan-failover-server/server.json`

export interface ServerArguments {
  readonly settingsPath: string
  readonly json: boolean
  readonly endpoint: string | null
  readonly addresses: readonly string[]
  readonly proxy: boolean
  readonly ports: readonly string[]
}

/** Resolves with the exit code: 0, 1 for a failure, 2 for usage. */
export async function serverCommandLine(argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(argv)
  } catch (error) {
    if (!codeOf(error).startsWith('ERR_PARSE_ARGS')) {
      process.stderr.write(`${messageOf(error)}\n`)
      return 1
    }
    process.stderr.write(`${messageOf(error)}\n\n${usage}\n`)
    return 2
  }
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      settings: { type: 'string', default: settingsFile },
      json: { type: 'boolean', default: false },
      endpoint: { type: 'string' },
      address: { type: 'string', multiple: true, default: [] },
      proxy: { type: 'boolean', default: false },
      port: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const given: ServerArguments = {
    settingsPath: values.settings,
    json: values.json,
    endpoint: values.endpoint ?? null,
    addresses: values.address,
    proxy: values.proxy,
    ports: values.port,
  }
  const [command, name, ...more] = positionals
  if (values.help) {
    process.stdout.write(`${usage}\n`)
    return 0
  }
  if (more.length === 0 && name !== undefined) {
    if (command === 'add' || command === 'rekey' || command === 'remove') {
      return await changeHouses(command, name, given)
    }
  }
  if (name === undefined) {
    if (command === 'status') return await showStatus(given)
    if (command === 'run') return await runServer(given)
    if (command === 'setup') return await setUp(given)
  }
  process.stderr.write(`${usage}\n`)
  return 2
}

const settingsFile = '/etc/wan-failover-server/server.json'
