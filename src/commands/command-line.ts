/**
 * The command line: which command with which arguments, and how errors read. It decides nothing.
 */
import { parseArgs } from 'node:util'
import { codeOf } from '../model/caught-error.ts'
import { complain, print } from './arguments.ts'
import { check } from './check.ts'
import { cleanup } from './cleanup.ts'
import { explainCommand } from './explain.ts'
import { health } from './health.ts'
import { page } from './page.ts'
import { planCommand } from './plan.ts'
import { run } from './run/run.ts'
import { status } from './status.ts'

const usage = `wan-failover keeps this host and its LAN online when a WAN dies.

  wan-failover run      [--options FILE] [--data DIR] [--log-json]   run the daemon until TERM
  wan-failover check    [--options FILE]                             find what is wrong, and say why
  wan-failover plan     [--options FILE] [--down WAN]... [--suspect WAN]... [--json]
                                                                     show what it would set up
  wan-failover explain  [--options FILE] --from IP [--to IP] [--protocol tcp|udp|icmp] [--port N]
                                                                     show which way a device goes
  wan-failover status   [--json]                                     ask the running daemon
  wan-failover page                                                  print the web page's address
  wan-failover health                                                exit with 0 if it is alive
  wan-failover cleanup                                               remove everything it set up

  --options FILE   YAML or JSON; by default /data/options.json
  --copy-of FILE   what --options is a copy of, as of a service that may not read it: what the page
                   saves is left beside the copy, and whoever renews it takes it from there
  --data DIR       keeps what outlives a restart; by default /data if the options are there
  --log-json       logs a JSON object per line
  --log-journal    logs for the journal: sd-daemon(3)'s priority before each line, and no time`

const commands = {
  run,
  check,
  plan: planCommand,
  explain: explainCommand,
  status,
  page,
  health,
  cleanup,
}

/** Runs the command of `argv`; resolves with the exit code: 0, 1 for a failure, 2 for usage. */
export async function commandLine(argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(argv)
  } catch (error) {
    complain(isUsage(error) ? `${messageOf(error)}\n\n${usage}` : messageOf(error))
    return isUsage(error) ? 2 : 1
  }
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      options: { type: 'string', default: '/data/options.json' },
      'copy-of': { type: 'string' },
      data: { type: 'string' },
      'log-json': { type: 'boolean', default: false },
      'log-journal': { type: 'boolean', default: false },
      down: { type: 'string', multiple: true, default: [] },
      suspect: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      from: { type: 'string' },
      to: { type: 'string' },
      protocol: { type: 'string' },
      port: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const [name, ...more] = positionals
  if (values.help || name === undefined) {
    print(usage)
    return values.help ? 0 : 1
  }
  const command = Object.entries(commands).find(([known]) => known === name)?.[1]
  if (command === undefined || more.length > 0) {
    const wrong = command === undefined ? name : more[0]
    throw new UsageError(`there is no command ${JSON.stringify(wrong)}`)
  }
  return command({
    optionsPath: values.options,
    copyOf: values['copy-of'] ?? null,
    dataFolder: values.data ?? (values.options.startsWith('/data/') ? '/data' : null),
    logFormat: values['log-json'] ? 'json' : values['log-journal'] ? 'journal' : 'text',
    down: values.down,
    suspect: values.suspect,
    json: values.json,
    from: values.from ?? null,
    to: values.to ?? null,
    protocol: values.protocol ?? null,
    port: values.port ?? null,
  })
}

class UsageError extends Error {}

function isUsage(error: unknown): boolean {
  return error instanceof UsageError || codeOf(error).startsWith('ERR_PARSE_ARGS')
}

/** The message with what led to it; a user can do nothing with a stack. */
function messageOf(error: unknown): string {
  const messages: string[] = []
  for (let at: unknown = error; at instanceof Error && messages.length < 5; at = at.cause) {
    messages.push(at.message)
  }
  return messages.length === 0 ? String(error) : messages.join(': ')
}
