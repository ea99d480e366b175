/** The PEM file of a broker's certificate authority. */
import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs'
import { isAbsolute, relative } from 'node:path'

/** The code of the error that `readCaFile` throws for a file that it doesn't take. */
export const caFileRefused = 'ERR_CA_FILE_REFUSED'

/**
 * What is in the file. With `folder`, the file has to be there, wherever links and `..` lead. Throws
 * if it can't be read, or is refused.
 */
export function readCaFile(path: string, folder: string | null): Buffer {
  const real = realpathSync(path)
  if (folder !== null && !isBelow(real, realpathSync(folder))) {
    throw refused(`mqtt.tls_ca_file leads out of ${folder}: put the PEM file itself into ${folder}`)
  }
  // A pipe would hold up the daemon until somebody writes into it.
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  const file = openSync(real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) throw refused('mqtt.tls_ca_file is no file: name a PEM file')
    if (stat.size > maxBytes) throw refused(`mqtt.tls_ca_file has more than ${maxBytes} bytes`)
    return readFileSync(file)
  } finally {
    closeSync(file)
  }
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith('../') && !isAbsolute(way)
}

function refused(message: string): Error {
  return Object.assign(new Error(message), { code: caFileRefused })
}

/** All authorities of a browser together have 200 kB. */
const maxBytes = 1_000_000
