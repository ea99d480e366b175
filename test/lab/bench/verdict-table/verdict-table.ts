/**
 * `npm run bench:verdict`: how soon each timing of the verdict calls a silent line down, against
 * how many hiccups and how much weather it takes for one, in virtual time. `--write` puts the
 * tables into TABLE.md beside this file.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { renderTable } from '../result/render-table.ts'
import { summarize } from '../result/statistics.ts'
import { type Candidate, candidates, parseCandidate } from './candidates.ts'
import { detections, falseAlarms, hiccupsCalledDown, type Trial } from './trials.ts'
import { type Weather, weathers } from './weather.ts'

const usage = `npm run bench:verdict -- [--runs N] [--hours N] [--candidate 'NAME={"probe": {"timeoutMs": 700}}']… [--write]
  --runs N       outages, and hiccups of each length; default 200
  --hours N      of each weather; default 24
  --candidate C  in place of those in candidates.ts, beside the default; may be given several times
  --write        put the tables into TABLE.md
`
const hiccupsMs = [100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000, 1_200, 1_500]
const seed = 1

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    hours: { type: 'string', default: '24' },
    candidate: { type: 'string', multiple: true },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) process.stdout.write(usage)
else print()

function print(): void {
  const given = values.candidate?.map(parseCandidate)
  const tried = given === undefined ? candidates : [...candidates.slice(0, 1), ...given]
  const parts = weathers.map((weather) => {
    process.stderr.write(`${weather.name}\n`)
    return [`## ${weather.name}`, '', ...tableOf(weather, tried), ''].join('\n')
  })
  const text = [head(), ...parts].join('\n')
  process.stdout.write(text)
  if (values.write) writeFileSync(new URL('TABLE.md', import.meta.url), text)
}

function tableOf(weather: Weather, tried: readonly Candidate[]): string[] {
  const titles = hiccupsMs.map((ms) => `${ms / 1_000} s`)
  return renderTable(
    ['timing', 'suspected', 'down', 'p95', 'worst', ...titles, 'weather', 'suspicions'],
    tried.map((candidate) => lineOf({ candidate, weather, seed })),
  )
}

function lineOf(trial: Trial): string[] {
  const [runs, hours] = [Number(values.runs), Number(values.hours)]
  const found = detections(trial, runs)
  const suspected = summarize(found.map(({ suspectedMs }) => suspectedMs))
  const down = summarize(found.map(({ downMs }) => downMs))
  const { median = 0, p95 = 0, worst = 0 } = down ?? {}
  const { verdicts, suspicions } = falseAlarms(trial, hours)
  const hiccups = hiccupsMs.map((ms) => hiccupsCalledDown(trial, ms, runs))
  return [
    trial.candidate.name,
    ...[suspected?.median ?? 0, median, p95, worst].map((ms) => `${Math.round(ms)} ms`),
    ...hiccups.map(String),
    String(verdicts),
    (suspicions / hours).toFixed(1),
  ]
}

function head(): string {
  return `# Timings of the verdict

By \`npm run bench:verdict -- --write\`, in virtual time, seed ${seed}. A line of 20 ms falls silent behind its gateway.
\`suspected\`: from then on until new connections may step aside, the median of ${values.runs}. \`down\`: until it is called down,
median, 95th percentile and worst. \`0.1 s\` and so on: how many of ${values.runs} hiccups of that length are called down, too;
where the weather silences the line by itself, two silences may meet and make a longer one. \`weather\`: how often the
line is called down in ${values.hours} hours in which nothing is wrong but the weather; \`suspicions\`: how often an hour new
connections step aside meanwhile. The first row is what the daemon does with default options.

## What was chosen, and why

A verdict cuts running connections, so no hiccup of 0.6 s may make one, and no house should wait longer than 0.9 s for
a line that is dead. 0.48 s and 0.54 s call hiccups of 0.6 s down; 0.6 s call none, and leave a seventh of the 0.9 s for
changing the rules; 0.72 s are too long. The last rounds are asked right after the 0.6 s: with one every 50 ms, as in
the rounds before, each of these rows took 40 ms longer and was no safer. The weather decides nothing:
no row takes it for an outage, and a suspicion, which costs nothing, needs a silence of everybody in every row. Where
single replies are lost, a hiccup may begin right after a lost one, and then it counts from that one.

\`down_after\` is neither: the silence of everybody counts, not the number of questions. What a shorter \`interval\` wins is
the pause until the first question, and so does a second method, or a second target.

TCP's retransmissions of this machine's own connections are no evidence here: on a path of 20 ms the lab's \`ss -ti\` shows
the first one 0.22 to 0.6 s into a silence and the second after 0.73 s or more, so that they look alike in a dead line and
in a hiccup of 0.6 s. When that is over they could tell less than our own question, which goes out right then, while
the kernel doubles its wait each time.
`
}
