/** In virtual time, where a day is a matter of seconds: what is no outage, and what is one. */
import type { BenchSettings } from '../bench-settings.ts'
import type { CaseResult } from '../result/row.ts'
import { candidates } from '../verdict-table/candidates.ts'
import { outageOf } from '../verdict-table/schedules.ts'
import { falseAlarms } from '../verdict-table/trials.ts'
import { stormy } from '../verdict-table/weather.ts'

const hours = 24
const schedules = 5_000

export async function measureWeather({ progress }: BenchSettings): Promise<CaseResult> {
  const [candidate = { name: 'default', timing: {} }] = candidates
  const { verdicts: wrong } = falseAlarms({ candidate, weather: stormy, seed: 1 }, hours)
  progress(`weather: ${wrong} false verdicts in ${hours} h`)
  const outages = Array.from({ length: schedules }, (_, i) => outageOf(i + 1))
  const shares = outages.map(({ tookMs, boundMs }) => (100 * tookMs) / boundMs)
  progress(
    `weather: ${schedules} outages, at most ${Math.max(...shares).toFixed(0)} % of the bound`,
  )
  return {
    rows: [
      {
        id: 'weather',
        title: `${hours} simulated hours of ${stormy.name}: false verdicts`,
        unit: 'count',
        samples: [wrong],
        failures: [],
        limit: { worst: 0 },
      },
      {
        id: 'schedules',
        title: 'simulated outages of any kind, in any weather: detected, of its bound',
        unit: '%',
        samples: shares,
        failures: [],
        limit: { worst: 200 },
      },
    ],
    runs: outages.filter((_, i) => (shares[i] ?? 0) > 100),
  }
}
