import type { Family } from './address.ts'

/** A TCP connection as the side that began it sees it. */
export interface TcpFlow {
  readonly family: Family
  readonly from: string
  readonly fromPort: number
  readonly to: string
  readonly toPort: number
}
