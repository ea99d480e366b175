/**
 * The built page: the files of one folder and no others. A file with a hash in its name never
 * changes; browsers check the others each time, and mostly they haven't changed.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'

export interface StaticFile {
  readonly body: Uint8Array<ArrayBuffer>
  readonly type: string
  readonly gzipped: boolean
  readonly etag: string
  readonly cacheControl: string
}

export class StaticFiles {
  readonly #folder: string
  readonly #etags = new Map<string, { readonly changedMs: number; readonly etag: string }>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** null if the page has no such file; it compares `name` with the folder's own names. */
  read(name: string, { gzip }: { readonly gzip: boolean }): StaticFile | null {
    const type = types[extname(name)]
    const names = this.#names()
    if (type === undefined || !names.includes(name)) return null
    const gzipped = gzip && names.includes(`${name}.gz`)
    const path = join(this.#folder, gzipped ? `${name}.gz` : name)
    const body = new Uint8Array(readFileSync(path))
    const cacheControl = hashedName.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache'
    return { body, type, gzipped, etag: this.#etagOf(path, body), cacheControl }
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.#folder)
    } catch {
      // The page isn't built, so there are no files.
      return []
    }
  }

  #etagOf(path: string, body: Uint8Array): string {
    const changedMs = statSync(path).mtimeMs
    const known = this.#etags.get(path)
    if (known?.changedMs === changedMs) return known.etag
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
    this.#etags.set(path, { changedMs, etag })
    return etag
  }
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
}

/** As esbuild names them: `page-5ZC4PQ2A.js`. */
const hashedName = /-[0-9A-Z]{8}\.\w+$/
