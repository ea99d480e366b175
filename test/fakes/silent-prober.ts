import type { Prober } from '../../src/probe/port.ts'

/** Sends nothing, and hears nothing. */
export const silentProber: Prober = {
  send() {},
  askPublicAddress: async () => null,
  askResolver: async () => null,
  askServer: async () => null,
  lookUp: async () => [],
  isThere: async () => false,
  checkWeb: async () => [],
  poke: async () => 0,
  close() {},
}
