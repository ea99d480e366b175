/**
 * The log: pino, as `[HH:MM:SS] LEVEL: message` for people and the add-on's log page; on request
 * as JSON lines, or for the journal, which has the time and the level beside the message. It goes
 * to standard output and never contains a secret: only sentences go in.
 */
import { pino } from 'pino'
import pretty from 'pino-pretty'
import type { Log } from '../model/log.ts'
import type { LogLevel } from '../model/settings/settings.ts'

export function pinoLog(level: LogLevel, format: 'text' | 'json' | 'journal'): Log {
  const stream = format === 'json' ? undefined : pretty(formats[format])
  const logger = stream === undefined ? pino({ level }) : pino({ level }, stream)
  return {
    debug: (message) => logger.debug(bounded(message)),
    info: (message) => logger.info(bounded(message)),
    warn: (message) => logger.warn(bounded(message)),
    error: (message) => logger.error(bounded(message)),
  }
}

const common = { sync: true, singleLine: true }
const formats = {
  text: {
    ...common,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname',
    colorize: process.stdout.isTTY === true,
  },
  journal: {
    ...common,
    ignore: 'pid,hostname,time,level',
    colorize: false,
    messageFormat: ({ level, msg }: Record<string, unknown>) => `<${priority(level)}>${msg}`,
  },
}

/** From sd-daemon(3), for pino's numbers: 20 debug, 30 info, 40 warn, 50 error. */
function priority(level: unknown): number {
  if (level === 20) return 7
  if (level === 40) return 4
  return level === 50 ? 3 : 6
}

function bounded(message: string): string {
  const line = message.replaceAll('\n', ' ')
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line
}

const maxLength = 2_000
