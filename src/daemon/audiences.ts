import type { Audience } from '../model/audience.ts'

/** Several audiences as one: each gets the same, and none waits for another. */
export function everyAudience(audiences: readonly Audience[]): Audience {
  return {
    publish(snapshot) {
      for (const audience of audiences) audience.publish(snapshot)
    },
    announce(event) {
      for (const audience of audiences) audience.announce(event)
    },
    report(report) {
      for (const audience of audiences) audience.report?.(report)
    },
    async close() {
      await Promise.allSettled(audiences.map((audience) => audience.close()))
    },
  }
}
