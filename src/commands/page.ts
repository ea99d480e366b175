import { askControlSocket } from '../control/ask-control-socket.ts'
import { findPageKey } from '../control/page-key.ts'
import { complain, print } from './arguments.ts'

/** The page's address, with the key to its commands behind the `#`: a browser keeps that to itself. */
export async function page(): Promise<number> {
  const asked = await askControlSocket()
  if (asked.kind === 'silent') {
    complain(asked.reason)
    return 1
  }
  const found = findPageKey()
  if (found.kind === 'none') {
    complain(found.reason)
    return 1
  }
  const { port, key } = found.page
  print(`http://localhost:${port}/${key === null ? '' : `#key=${key}`}`)
  return 0
}
