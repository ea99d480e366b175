/** Somebody else's failover, as it is compared with the daemon: in the same house, at its best. */
import type { Lab } from '../../lab.ts'

export interface Peer {
  readonly id: string
  readonly name: string
  /** Its longest time between two looks at the line: faults come evenly spread over that. */
  readonly periodMs: number
  /** Its runs take minutes each: there are few of them, and they are measured coarsely. */
  readonly slow: boolean
  /** The table that the host's rule for everything leads to before the peer is started. */
  readonly firstTable: '100' | '101'
  /** What of Debian's it needs beside the lab's own tools. */
  readonly needs: { readonly command: string; readonly debianPackage: string } | null
  /** The command that is the peer; it may write files into the folder. */
  readonly command: (lab: Lab, folder: string) => readonly string[]
}

/** Where its look at the first line is pinned: by this mark, as rules and routes stand. */
export const primaryMark = 1
