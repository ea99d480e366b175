/** TCP in bulk from one node to another, and how much of it arrives. */
import type { ChildProcess } from 'node:child_process'
import type { LabNode } from '../../network/node.ts'
import type { BulkOptions } from './bulk-agent.ts'

const program = new URL('./bulk-agent.ts', import.meta.url)
const port = 7_100

export interface Transfer {
  /** Where a sink is. */
  readonly target: string
  readonly durationMs: number
  /** At once; default 1. */
  readonly connections?: number
}

/** Takes whatever is sent, for as long as the node lives. */
export function startSink(node: LabNode): Promise<ChildProcess> {
  const sink: BulkOptions = { kind: 'sink', port }
  return node.startProgram(program, sink)
}

/** Resolves with the bytes a second that the sink has taken. */
export async function transfer(node: LabNode, way: Transfer): Promise<number> {
  const source: BulkOptions = { kind: 'source', port, ...way }
  return Number(await node.run(process.execPath, program.pathname, JSON.stringify(source)))
}

export function mbit(bytesPerSecond: number): string {
  return `${Math.round((bytesPerSecond * 8) / 1e6)} Mbit/s`
}
