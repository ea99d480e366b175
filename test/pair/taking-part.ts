/** One box’s part in a pair, with a real keepalived. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PairNews, PairPlace } from '../../src/model/pair.ts'
import { Keepalived } from '../../src/pair/keepalived.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'
import { LabNode } from '../lab/network/node.ts'

const host = LabNode.host()

export const place: PairPlace = {
  addresses: ['192.168.0.5/32', 'fe80::5/64'],
  link: 'eth0',
  own: '192.168.0.3',
  peer: null,
  group: 51,
  advertMs: 100,
}

/** The link that it is on. */
export async function makeLink(): Promise<void> {
  await host.ip([
    'link set lo up',
    'link add eth0 type veth peer name other',
    'address add 192.168.0.3/24 dev eth0',
    'link set eth0 up',
    'link set other up',
  ])
}

/** Takes part until the end of the block, with what was heard of it. */
export class TakingPart {
  readonly folder = join(mkdtempSync(join(tmpdir(), 'wan-failover-pair-')), 'own')
  readonly log = new RecordedLog()
  readonly news: PairNews[] = []
  readonly keepalived = new Keepalived({ folder: this.folder, log: this.log })
  #beats: NodeJS.Timeout | undefined
  priority = 205

  constructor() {
    this.keepalived.attend((news) => this.news.push(news))
    this.goOn()
  }

  get role() {
    return this.news.findLast((news) => news.kind === 'role')?.role ?? null
  }

  hang(): void {
    clearInterval(this.#beats)
  }

  goOn(): void {
    const keep = () => this.keepalived.keep({ place, priority: this.priority })
    this.#beats = setInterval(keep, 200)
    keep()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hang()
    await this.keepalived.leave()
    rmSync(join(this.folder, '..'), { recursive: true })
  }
}

export function addresses(): Promise<string> {
  return host.run('ip', 'address', 'show', 'dev', 'eth0')
}
