/**
 * The private key of a tunnel: from the options, from a file, or one that we make and keep. It goes
 * to `wg` by its standard input and nowhere else: no log, no argument, no environment.
 */
import { createPublicKey, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf } from '../../model/caught-error.ts'
import { isWireguardKey } from '../../model/tunnel/wireguard-key.ts'
import { asPrivate } from './hello-key.ts'

/**
 * @param given the key, the path of its file, or null
 * @param folder where ours are kept; null: nothing outlives the process
 */
export function privateKeyOf(name: string, given: string | null, folder: string | null): string {
  if (given === null) return ownKey(name, folder)
  if (!given.startsWith('/')) return given
  return readKey(given)
}

/** As the server has to know it. */
export function publicKeyOf(privateKey: string): string {
  const key = createPublicKey(asPrivate(privateKey))
  return key.export({ format: 'der', type: 'spki' }).subarray(-keyBytes).toString('base64')
}

function ownKey(name: string, folder: string | null): string {
  if (folder === null) {
    throw new Error('it has no private_key, and there is no data folder to keep one of ours in')
  }
  const place = join(folder, 'tunnels')
  const path = join(place, `${name}.key`)
  if (existsSync(path)) {
    // A restored backup may have brought other rights.
    chmodSync(path, ownerOnly)
    return readKey(path)
  }
  mkdirSync(place, { recursive: true, mode: 0o700 })
  const key = newKey()
  writeFileSync(path, `${key}\n`, { mode: ownerOnly, flag: 'wx' })
  return key
}

function readKey(path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8').slice(0, 1024).trim()
  } catch (error) {
    throw new Error(`its key can't be read from ${path} (${codeOf(error) ?? 'failed'})`)
  }
  if (isWireguardKey(text)) return text
  throw new Error(`${path} holds no WireGuard key (44 letters and digits, as wg genkey prints one)`)
}

/** Clamped as RFC 7748 has it, so that every tool prints the same one. */
export function newKey(): string {
  const bytes = randomBytes(keyBytes)
  bytes[0] = (bytes[0] ?? 0) & 248
  bytes[31] = ((bytes[31] ?? 0) & 127) | 64
  return bytes.toString('base64')
}

const keyBytes = 32
const ownerOnly = 0o600
