/** The port of time: real in `main.ts`, virtual in the simulation. */
export interface Clock {
  /** Monotonic, in ms; only differences mean anything. */
  nowMs(): number
  /** Milliseconds since 1970, for what users read. */
  wallMs(): number
  /** Calls back once at about `atMs`; returns what cancels it. */
  wake(atMs: number, callback: () => void): () => void
}
