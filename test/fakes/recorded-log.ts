/** A log that a test can read: each line as `level: message`. */
import type { Log } from '../../src/model/log.ts'

export class RecordedLog implements Log {
  readonly lines: string[] = []

  debug(message: string): void {
    this.lines.push(`debug: ${message}`)
  }

  info(message: string): void {
    this.lines.push(`info: ${message}`)
  }

  warn(message: string): void {
    this.lines.push(`warn: ${message}`)
  }

  error(message: string): void {
    this.lines.push(`error: ${message}`)
  }

  matching(pattern: RegExp): readonly string[] {
    return this.lines.filter((line) => pattern.test(line))
  }
}
