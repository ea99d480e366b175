/** What the program needs of a logger; pino gives it. Messages are sentences for a user. */
export interface Log {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}
