import type { EchoSample } from '../../measure/echo-stream.ts'

/** How often a running flow left the first WAN for the second, by its packets in their order. Pure. */
export function movesAway(samples: readonly EchoSample[]): number {
  const ways = samples.flatMap(({ answer }) => (answer === null ? [] : [answer.wan]))
  return ways.filter((wan, i) => wan === 2 && ways[i - 1] === 1).length
}
