import type { Clock } from './clock.ts'

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  wake(atMs, callback) {
    const timer = setTimeout(callback, Math.max(0, atMs - performance.now()))
    return () => clearTimeout(timer)
  },
}
