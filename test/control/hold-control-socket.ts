/** Holds the control socket until its input ends, and prints what came of it. */
import { holdControlSocket } from '../../src/control/control-socket.ts'

const holding = await holdControlSocket(() => ({ turning: true, snapshot: null }))
process.stdout.write(`${holding.kind === 'held' ? 'held' : holding.reason}\n`)
if (holding.kind === 'held') {
  process.stdin.once('end', () => void holding.release())
  process.stdin.resume()
}
