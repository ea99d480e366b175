import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface BuiltPage extends Disposable {
  readonly folder: string
}

/** Builds the page as it is now, into a folder of its own that goes with it. */
export function buildPage(): BuiltPage {
  const parent = mkdtempSync(join(tmpdir(), 'wan-failover-page-'))
  const folder = join(parent, 'page')
  const script = new URL('../../../script/build-page', import.meta.url).pathname
  execFileSync(script, [folder], { timeout: 60_000, stdio: ['ignore', 'inherit', 'inherit'] })
  return { folder, [Symbol.dispose]: () => rmSync(parent, { recursive: true, force: true }) }
}
