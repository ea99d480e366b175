import { undecided } from '../../src/decision/decide.ts'
import { byFamily } from '../../src/model/address.ts'
import type { Routing } from '../../src/turn/concern.ts'

/** Nobody avoids any WAN, unless told otherwise. */
export function exampleRouting(changes: Partial<Routing> = {}): Routing {
  return {
    routed: undecided,
    detours: [],
    flows: {
      avoided: byFamily(() => []),
      taken: byFamily(() => []),
      aside: byFamily(() => new Map()),
    },
    ...changes,
  }
}
