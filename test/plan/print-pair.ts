/**
 * Prints what the digests of one pair are made of, a line an item, for `diff`:
 * `node test/plan/print-pair.ts --options 7 --host 3`.
 */
import { parseArgs } from 'node:util'
import { onePair } from './every-pair.ts'
import { describeHost, randomHost } from './random-hosts.ts'
import { randomOptions } from './random-options.ts'
import { randomWishes } from './random-wishes.ts'

const { values } = parseArgs({
  options: { options: { type: 'string', default: '1' }, host: { type: 'string', default: '1' } },
})
const [options, host] = [Number(values.options), Number(values.host)]
const { plan, asWished } = onePair(options, host)
const content = {
  options: randomOptions(options),
  host: { what: describeHost(host), ...randomHost(host) },
  wishes: randomWishes(options, host),
  plan: JSON.parse(plan.text),
  asWished: JSON.parse(asWished().text),
}
process.stdout.write(`${JSON.stringify(content, inLines, 2)}\n`)

function inLines(_: string, value: unknown): unknown {
  return typeof value === 'string' && value.includes('\n') ? value.split('\n') : value
}
