/**
 * Where the page of the running daemon is, and the key to its commands: new at each start, in a file
 * of the control socket's folder, which root and the daemon's own user alone can read.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { codeOf } from '../model/caught-error.ts'
import { checkFolder, makeFolder, socketPlace } from './socket-place.ts'

export interface PageKey {
  readonly port: number
  /** null: the options' token opens the page and its commands. */
  readonly key: string | null
}

export function newKey(): string {
  return randomBytes(32).toString('base64url')
}

/** Throws where it can't be written. */
export function keepPageKey(page: PageKey): void {
  const { folder, pagePath } = socketPlace()
  const made = makeFolder(folder)
  if (made.kind === 'refused') throw new Error(made.reason)
  rmSync(pagePath, { force: true })
  // O_EXCL: never what somebody else has opened.
  writeFileSync(pagePath, JSON.stringify(page), { mode: 0o600, flag: 'wx' })
}

/** No page is here any more, or another daemon's. */
export function forgetPageKey(): void {
  rmSync(socketPlace().pagePath, { force: true })
}

export type FoundPage =
  | { readonly kind: 'found'; readonly page: PageKey }
  | { readonly kind: 'none'; readonly reason: string }

export function findPageKey(): FoundPage {
  const { folder, pagePath } = socketPlace()
  const checked = checkFolder(folder)
  if (checked.kind === 'refused') return { kind: 'none', reason: checked.reason }
  try {
    const page: unknown = JSON.parse(readFileSync(pagePath, 'utf8'))
    if (isPageKey(page)) return { kind: 'found', page }
    return { kind: 'none', reason: 'the running daemon has another version' }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { kind: 'none', reason: noPage }
    return { kind: 'none', reason: `can't read ${pagePath}: ${String(error)}` }
  }
}

function isPageKey(page: unknown): page is PageKey {
  if (typeof page !== 'object' || page === null || !('port' in page && 'key' in page)) return false
  return typeof page.port === 'number' && (page.key === null || typeof page.key === 'string')
}

const noPage =
  'the running daemon serves no page of its own: with Home Assistant it is in the sidebar, ' +
  'elsewhere web.port of the options says where'
