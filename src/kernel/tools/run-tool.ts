/**
 * Runs a tool to its end, with bounds on time and output. A tool that fails, hangs or isn't there
 * is an answer, never an exception: the callers grade what works.
 */
import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'

export interface Tools {
  readonly ip: string
  readonly nft: string
  readonly conntrack: string
  readonly iptables: string
  readonly ip6tables: string
}

/** Found by PATH; tests put others in their place. */
export const systemTools: Tools = {
  ip: 'ip',
  nft: 'nft',
  conntrack: 'conntrack',
  iptables: 'iptables',
  ip6tables: 'ip6tables',
}

export type ToolAnswer =
  | { readonly kind: 'done'; readonly output: string }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'missing'; readonly error: string }

export const toolTimeoutMs = 2_000
/** A full IPv4 routing table of a home is a few kB; this is room for the oddest host. */
export const outputLimitBytes = 32 * 1024 * 1024

interface ToolOptions {
  readonly timeoutMs?: number
  /** Given to the tool's standard input. */
  readonly input?: string
  /** Its first word means that all is done: nobody has to wait for its end. */
  readonly doneAtFirstWord?: boolean
}

export function runTool(
  command: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<ToolAnswer> {
  const timeoutMs = options.timeoutMs ?? toolTimeoutMs
  return new Promise((resolve) => {
    const child = execFile(
      command,
      [...args],
      { timeout: timeoutMs, maxBuffer: outputLimitBytes, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        if (error === null) resolve({ kind: 'done', output: stdout })
        else if (error.code === 'ENOENT') {
          resolve({ kind: 'missing', error: `${command} is not installed` })
        } else if (error.killed === true) {
          resolve({ kind: 'failed', error: `${command} did not end within ${timeoutMs} ms` })
        } else resolve({ kind: 'failed', error: firstLines(stderr, error.message) })
      },
    )
    if (options.doneAtFirstWord === true) {
      child.stdout?.once('data', (output: string) => resolve({ kind: 'done', output }))
    }
    // A tool that ends before it has read everything makes the pipe fail; its exit says more.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(options.input ?? '')
  })
}

/** What a user needs of a tool's complaint: its first lines, in one. */
function firstLines(stderr: string, otherwise: string): string {
  const text = stderr.trim() === '' ? otherwise : stderr
  return text
    .trim()
    .split('\n')
    .slice(0, 3)
    .map((line) => line.trim())
    .join(' ')
    .slice(0, 500)
}

/** Whether one of the folders has this program; by default those of PATH. */
export function isInstalled(
  program: string,
  folders: readonly string[] = (process.env['PATH'] ?? '').split(':'),
): boolean {
  return folders.some((folder) => {
    try {
      accessSync(`${folder}/${program}`, constants.X_OK)
      return true
    } catch {
      // Not in this folder: the next one may have it.
      return false
    }
  })
}
