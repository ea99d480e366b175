/**
 * The log: pino, as `[HH:MM:SS] LEVEL: message` for people and the add-on's log page, as JSON
 * lines on request. It goes to standard output and never holds a secret: only sentences go in.
 */
import { pino } from 'pino'
import pretty from 'pino-pretty'
import type { Log } from '../model/log.ts'
import type { LogLevel } from '../model/settings.ts'

export function pinoLog(level: LogLevel, format: 'text' | 'json'): Log {
  const stream = format === 'json' ? undefined : pretty(lineFormat)
  const logger = stream === undefined ? pino({ level }) : pino({ level }, stream)
  return {
    debug: (message) => logger.debug(bounded(message)),
    info: (message) => logger.info(bounded(message)),
    warn: (message) => logger.warn(bounded(message)),
    error: (message) => logger.error(bounded(message)),
  }
}

const lineFormat = {
  translateTime: 'SYS:HH:MM:ss',
  ignore: 'pid,hostname',
  colorize: process.stdout.isTTY === true,
  sync: true,
  singleLine: true,
}

function bounded(message: string): string {
  const line = message.replaceAll('\n', ' ')
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line
}

const maxLength = 2_000
