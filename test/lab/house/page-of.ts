/** Where a box's page is, and what opens it. */
import type { DaemonFolder } from './daemon-process.ts'

export interface Page {
  /** Ends with a slash. */
  readonly url: string
  readonly headers: { readonly authorization: string }
}

/** As `wan-failover page` says it. */
export async function pageOf(folder: DaemonFolder): Promise<Page> {
  const { out } = await folder.command('page')
  const [, url = '', key = ''] = /^(\S+)#key=(\S+)$/m.exec(out) ?? []
  return { url, headers: { authorization: `Bearer ${key}` } }
}
