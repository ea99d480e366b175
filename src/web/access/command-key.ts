/**
 * Who may give commands where everyone on this host may read: who has the key, which root alone can
 * read. It is nothing that anybody could guess, so wrong keys need no limit, and shut out nobody.
 */
import { createHash, timingSafeEqual } from 'node:crypto'

export class CommandKey {
  readonly #digest: Buffer

  constructor(key: string) {
    this.#digest = digest(key)
  }

  /** By the header alone: a cookie of localhost goes to every port, so to other users' programs. */
  opens(authorization: string | undefined): boolean {
    const [, given] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? []
    return given !== undefined && timingSafeEqual(digest(given), this.#digest)
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
