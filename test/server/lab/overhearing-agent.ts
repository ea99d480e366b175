/**
 * The program behind who overhears what comes to a server: it reports `udp SOURCE_PORT HEX` of all
 * that reaches it by UDP. It has no argument.
 */
import { loadLibc } from '../../../src/probe/sockets/libc.ts'
import { listenRaw } from '../../../src/probe/sockets/raw-socket.ts'
import { begin, report } from '../../lab/agents/agent-program.ts'

const load = loadLibc()
if (load.kind === 'missing') throw new Error(load.reason)
const [inet, raw, udp] = [2, 3, 17]
const fd = load.libc.socket(inet, raw | 0o4000, udp)
const opened = listenRaw(load.libc, fd)
if (opened.kind === 'failed') throw new Error(opened.reason)
opened.value.socket.on('message', (packet) => {
  const header = ((packet[0] ?? 0) & 15) * 4
  report('udp', packet.readUInt16BE(header), packet.subarray(header + 8).toString('hex'))
})
begin()
