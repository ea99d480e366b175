/**
 * `npm run simulate`: plays seeds of random faults, says which break an invariant and how many steps
 * a second it makes, and ends with 1 where one does.
 */
import { readArguments, usage, type Wanted } from './arguments.ts'
import type { Kind, Played, Wish } from './play-seed.ts'
import { SeedPlayer } from './seed-player.ts'

const dayMs = 86_400_000
const wanted = readArguments(process.argv.slice(2))
if (typeof wanted === 'string') {
  process.stderr.write(`${wanted}\n\n${usage}`)
  process.exitCode = 2
} else {
  const failed: string[] = []
  for (const kind of wanted.kinds) failed.push(...(await playKind(kind, wanted)))
  if (failed.length > 0) {
    print(`FAILED  ${failed.join(', ')}`)
    process.exitCode = 1
  }
}

/** The seeds that broke something. */
async function playKind(kind: Kind, { seed, lengthMs, forMs, days, kinds, workers }: Wanted) {
  const beganMs = performance.now()
  const endMs = beganMs + forMs / kinds.length
  const wishOf = (one: number): Wish => ({ kind, seed: one, lengthMs: lengthMs(kind) })
  const most = days === null ? null : Math.ceil((days * dayMs) / lengthMs(kind))
  let begun = 0
  const isOver = () => (most === null ? performance.now() >= endMs : begun++ >= most)
  const all =
    seed === null
      ? await Promise.all(
          Array.from({ length: workers }, () =>
            playAll(() => (isOver() ? null : wishOf(anySeed()))),
          ),
        )
      : [await playAll(onceOnly(wishOf(seed)))]
  const played = all.flat()
  tell(kind, played, performance.now() - beganMs)
  return played.filter(({ failure }) => failure !== null).map((one) => `${kind} ${one.seed}`)
}

/** One thread, until there is nothing more to play. At least one seed is, however little time there is. */
async function playAll(next: () => Wish | null): Promise<Played[]> {
  await using player = new SeedPlayer()
  const all: Played[] = []
  for (let wish = next(); wish !== null; wish = next()) {
    const played = await player.play(wish)
    all.push(played)
    if (played.failure === null) continue
    print(`\n${wish.kind}, seed ${wish.seed}: ${played.failure}\n`)
    // Who has failed in a way that it could not tell itself plays nothing any more.
    if (played.steps === 0) break
  }
  return all
}

function onceOnly(wish: Wish): () => Wish | null {
  const left = [wish]
  return () => left.pop() ?? null
}

function anySeed(): number {
  return 1_000 + Math.floor(Math.random() * 1_000_000_000)
}

function tell(kind: Kind, played: readonly Played[], tookMs: number): void {
  const sum = (of: (one: Played) => number) => played.reduce((total, one) => total + of(one), 0)
  const [steps, hours] = [sum((one) => one.steps), sum((one) => one.playedMs) / 3_600_000]
  const perSecond = Math.round(steps / (tookMs / 1_000))
  const failures = played.filter(({ failure }) => failure !== null).length
  print(
    `${kind}: ${played.length} seeds, ${hours.toFixed(1)} virtual hours (${(hours / 24).toFixed(1)} days) ` +
      `in ${(tookMs / 1_000).toFixed(0)} s, ${steps} steps, ${perSecond} a second; ${failures} failed`,
  )
  print(`  seeds: ${played.map((one) => one.seed).join(' ')}`)
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
