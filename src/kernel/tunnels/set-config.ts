import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmdirSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ToolAnswer, toolTimeoutMs } from '../tools/run-tool.ts'

/**
 * Gives `wg` a configuration with its private key. `wg` opens its standard input by its path, which no
 * socket has, and Node's pipes are sockets: so it is a file, for its owner only, that has no name any
 * more when `wg` begins, and is gone with it, whoever is killed.
 */
export function setConfig(
  link: string,
  config: string,
  folder: string | null,
): Promise<ToolAnswer> {
  const input = namelessFile(config, folder ?? tmpdir())
  return new Promise((resolve) => {
    const child = spawn('wg', ['syncconf', link, '/dev/stdin'], {
      stdio: [input, 'ignore', 'pipe'],
      timeout: toolTimeoutMs,
      killSignal: 'SIGKILL',
    })
    closeSync(input)
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(0, 500)
    })
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve({ kind: 'missing', error: wgMissing })
      else resolve({ kind: 'failed', error: error.message })
    })
    child.on('close', (code, signal) => {
      if (code === 0) resolve({ kind: 'done', output: '' })
      else resolve({ kind: 'failed', error: withoutKeys(said) || `wg ended (${signal ?? code})` })
    })
  })
}

function namelessFile(text: string, folder: string): number {
  const place = mkdtempSync(join(folder, 'wg-'))
  const path = join(place, 'config')
  const file = openSync(path, 'wx+', 0o600)
  unlinkSync(path)
  rmdirSync(place)
  // At a position of its own, so that whoever reads it begins at its beginning.
  writeSync(file, text, 0)
  return file
}

/** `wg` quotes the line that it doesn't understand. */
function withoutKeys(text: string): string {
  return text
    .trim()
    .replaceAll('\n', ', ')
    .replaceAll(/[A-Za-z0-9+/]{42,}=?/g, '•••')
}

const wgMissing = 'wg (package wireguard-tools) is not installed'
