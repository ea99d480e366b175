/**
 * Other answers of all the Internet's DNS servers from now on, as when a server has moved or a name
 * has been given up. Without connection tracking: who asks by the same port again gets the new ones.
 */
import type { ChildProcess } from 'node:child_process'
import { waitFor } from '../../wait-for.ts'
import type { Lab } from '../lab.ts'
import type { LabNode } from '../network/node.ts'
import { ports } from '../network/plan.ts'

const port = 5_353
const table = 'inet other_names'

/** Answers A with the address, if there is one, and everything else with nothing. */
const program = `
  const [known = '', ...servers] = process.argv.slice(1)
  const bytes = known.split('.').map(Number)
  const answer = (socket) => (question, { address, port }) => {
    const end = question.indexOf(0, 12) + 5
    const isKnown = bytes.length === 4 && question.readUInt16BE(end - 4) === 1
    const head = Buffer.from(question.subarray(0, 12))
    head.writeUInt16BE(0x8180, 2)
    head.writeUInt16BE(isKnown ? 1 : 0, 6)
    head.fill(0, 8)
    const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, ...bytes]
    const records = isKnown ? Buffer.from(record) : Buffer.alloc(0)
    socket.send(Buffer.concat([head, question.subarray(12, end), records]), port, address)
  }
  // Each answers from its own address.
  const bound = servers.map((server) => {
    const socket = require('node:dgram').createSocket('udp4')
    socket.on('message', answer(socket))
    return new Promise((ready) => socket.bind(${port}, server, ready))
  })
  Promise.all(bound).then(() => console.log('ready'))
`

export class InternetNames {
  readonly #internet: LabNode
  readonly #servers: readonly string[]
  #child: ChildProcess | null = null

  constructor({ internet, plan }: Pick<Lab, 'internet' | 'plan'>) {
    this.#internet = internet
    this.#servers = plan.targets
  }

  /** null: nobody knows any name. */
  async mean(address: string | null): Promise<void> {
    await this.end()
    const args = ['--eval', program, address ?? '', ...this.#servers]
    const child = this.#internet.spawn(process.execPath, args)
    this.#child = child
    let said = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    await waitFor(() => said.includes('ready'), { deadlineMs: 10_000, what: 'the other names' })
    await this.#internet.nft(`table ${table} {
      chain questions {
        type filter hook prerouting priority raw
        udp dport ${ports.dns} notrack udp dport set ${port}
      }
      chain answers {
        type filter hook output priority raw
        udp sport ${port} notrack udp sport set ${ports.dns}
      }
    }`)
  }

  async end(): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child === null) return
    await this.#internet.nft(`delete table ${table}`)
    const ended = new Promise((done) => child.once('exit', done))
    child.kill('SIGKILL')
    await ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end()
  }
}
