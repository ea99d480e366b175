/** Numbers from /proc, in the namespace of this process; read, never written. */
import { readdirSync, readFileSync } from 'node:fs'

/** A number below /proc/sys/net; null where the kernel has no such file or hides it. */
export function readSetting(path: string): number | null {
  const text = readText(`/proc/sys/net/${path}`)
  if (text === null) return null
  const value = Number(text.trim())
  return Number.isFinite(value) ? value : null
}

/** The links that have settings of their own in this family. */
export function settingLinks(family: 'ipv4' | 'ipv6'): readonly string[] {
  try {
    return readdirSync(`/proc/sys/net/${family}/conf`).filter(
      (name) => name !== 'all' && name !== 'default',
    )
  } catch {
    return []
  }
}

/** Received and sent, from the table of Linux's /proc/net/dev (8 columns received, 8 sent). */
export function readLinkBytes(link: string): { received: number; sent: number } | null {
  const text = readText('/proc/self/net/dev') ?? ''
  for (const line of text.split('\n')) {
    const colon = line.lastIndexOf(':')
    if (colon < 0 || line.slice(0, colon).trim() !== link) continue
    const columns = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number)
    return { received: columns[0] ?? 0, sent: columns[8] ?? 0 }
  }
  return null
}

export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
