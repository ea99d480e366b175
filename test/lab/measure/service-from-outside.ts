/** A service of this machine's, and what somebody on the Internet gets from it. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Lab } from '../lab.ts'
import type { WanNumber } from '../network/plan.ts'

export const servicePort = 8123

/** Answers one line to whoever connects. */
export async function serve(): Promise<AsyncDisposable> {
  const server = createServer((socket) => socket.on('error', () => undefined).end('hello\n'))
  server.listen(servicePort, '0.0.0.0')
  await once(server, 'listening')
  return {
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

/** What somebody on the Internet is told by that port of a WAN's public address. */
export async function askedFromOutside(lab: Lab, wan: WanNumber): Promise<string> {
  const address = lab.wan(wan).publicAddress
  return (await lab.internet.run(process.execPath, '--eval', asking, address)).trim()
}

const asking = `
  const socket = require('node:net').connect(${servicePort}, process.argv[1])
  socket.setTimeout(1500, () => { console.log('silence'); process.exit() })
  socket.on('data', (bytes) => { console.log(String(bytes)); process.exit() })
  socket.on('error', (error) => { console.log(error.code); process.exit() })
`
