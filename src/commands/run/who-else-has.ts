import { networkInterfaces } from 'node:os'
import type { PairPlace } from '../../model/pair.ts'
import { hearNeighbours } from '../../probe/lines/hear-neighbours.ts'
import { loadLibc } from '../../probe/sockets/libc.ts'
import { describeHolder } from '../../report/pair-text.ts'

/**
 * Asks by ARP, before the shared address is taken, whether somebody has it who isn't the other box:
 * a sentence; null: nobody, or nobody can say who the other box is.
 */
export async function whoElseHas({
  link: name,
  own,
  peer,
  addresses: [first = ''],
}: PairPlace): Promise<string | null> {
  const load = loadLibc()
  const mac = networkInterfaces()[name]?.[0]?.mac
  if (load.kind === 'missing' || mac === undefined || peer === null) return null
  const [address = ''] = first.split('/')
  const searched = { direct: false, linkLocal: null, global6: [] }
  const subnets = [{ own, ask: [address, peer] }]
  const index = load.libc.interfaceIndex(name)
  const heard = await hearNeighbours([{ name, index, mac, subnets, ...searched }])
  return describeHolder({ address, peer }, { isHere: false, heard }).errors[0] ?? null
}
