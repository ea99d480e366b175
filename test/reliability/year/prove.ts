import { Random } from '../../random.ts'
import { prove } from '../prove.ts'
import { YearOfHistory } from './year-of-history.ts'

await prove(async ({ count, seed, wrong }) => {
  const year = new YearOfHistory(new Random(seed))
  for (let day = 1; day <= count; day += 1) {
    for (const what of await year.live(day)) wrong(`day ${day}: ${what}`)
  }
  const megabytes = ((await year.end()) / 1e6).toFixed(1)
  return `${count} days of history, ${megabytes} MB`
})
