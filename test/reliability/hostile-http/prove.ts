import '../../lab/enter-namespace.ts'
import { Random } from '../../random.ts'
import { prove } from '../prove.ts'
import { HttpTrial } from './http-trial.ts'

const atOnce = 50
const connections = 500

await prove(async ({ count, seed, wrong }) => {
  await using trial = await HttpTrial.open()
  for (let done = 0; done < count; done += atOnce) {
    const random = new Random(seed + done)
    const problems = [
      await trial.tryRequests(atOnce, random),
      await trial.tryTopics(atOnce, random),
      done % 1_000 === 0 ? await trial.tryConnections(connections) : null,
    ]
    for (const problem of problems) if (problem !== null) wrong(`request ${done}: ${problem}`)
  }
  const left = await trial.cameBack()
  if (left !== null) wrong(left)
  return `${count} requests, as many messages, ${connections} connections at once`
})
