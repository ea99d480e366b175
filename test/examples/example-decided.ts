import { undecided } from '../../src/decision/decide.ts'
import type { Decided } from '../../src/turn/concern.ts'
import { bothFamilies } from './both-families.ts'
import { exampleCapabilities } from './example-capabilities.ts'
import { exampleRouting } from './example-routing.ts'

/** A turn in which nothing has been decided, unless told otherwise. */
export function exampleDecided(changes: Partial<Decided> = {}): Decided {
  return {
    nowMs: 0,
    wallMs: 0,
    uplinks: [],
    inUse: new Set(),
    host: null,
    capabilities: exampleCapabilities(),
    healths: bothFamilies(new Map()),
    decision: undecided,
    moves: [],
    routing: exampleRouting(),
    moving: false,
    active: true,
    ...changes,
  }
}
