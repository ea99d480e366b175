/** Makes `golden.json` anew; `test-plans.ts` says when. */
import { everyHost, everyOptions, everyPair } from './every-pair.ts'
import { digestOf, inputsDigest, writeGolden } from './golden.ts'

const plans = everyOptions().map((): string[] => [])
const asWished = everyOptions().map((): string[] => [])
for (const pair of everyPair()) {
  plans[pair.options - 1]?.push(digestOf(pair.plan.compared))
  asWished[pair.options - 1]?.push(digestOf(pair.asWished().compared))
}
writeGolden({
  inputs: inputsDigest(everyOptions(), everyHost()),
  plans: plans.map((line) => line.join(' ')),
  asWished: asWished.map((line) => line.join(' ')),
})
