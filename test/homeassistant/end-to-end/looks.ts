/** How the pages are looked at, and where the pictures of them go. */
import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** For a test's `skip`: the reason on a laptop; in CI nothing is skipped, it fails here. */
export function browserSkip(): string | false {
  if (existsSync(process.env['CHROMIUM'] ?? '/usr/bin/chromium')) return false
  const reason = "Chromium isn't installed: apt install chromium"
  if (process.env['CI'] === 'true') throw new Error(reason)
  return reason
}

export interface Look {
  readonly name: string
  readonly colorScheme: 'light' | 'dark'
  readonly viewport: { readonly width: number; readonly height: number }
}

/** By day and by night, at a desk and on a phone. */
export const looks: readonly Look[] = [
  { name: 'desktop-light', colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { name: 'desktop-dark', colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  { name: 'phone-light', colorScheme: 'light', viewport: { width: 390, height: 844 } },
  { name: 'phone-dark', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
]

/** Kept in the folder that SCREENSHOTS names, else below the system's for temporary files. */
export function screenshotPath(name: string): string {
  const folder = process.env['SCREENSHOTS'] ?? join(tmpdir(), 'wan-failover-screenshots')
  mkdirSync(folder, { recursive: true })
  return join(folder, `${name}.png`)
}
