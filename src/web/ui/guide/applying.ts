/** What has become of the options that were sent, as a machine that computes and never acts. */
import type { OptionsPage, OptionsProblem } from '../../../model/published/options-page.ts'
import type { Setup } from '../../../model/published/setup.ts'

export type Applying =
  | { readonly kind: 'no' }
  | { readonly kind: 'writing' }
  | { readonly kind: 'failed'; readonly reason: string }
  /** Somebody else has written meanwhile. */
  | { readonly kind: 'outdated' }
  /** Written; the daemon begins anew with them, and is away for a moment. */
  | { readonly kind: 'starting'; readonly names: readonly string[]; readonly sinceMs: number }
  /** It runs with them. Whether the page is still there, the user has to say. */
  | { readonly kind: 'confirm'; readonly until: string }
  | { readonly kind: 'confirmed' }
  /** The earlier options are in force again; null: as the user wanted. */
  | { readonly kind: 'put_back'; readonly reason: string | null }

/** What the daemon has answered just now; null: nothing. */
export interface Heard {
  readonly page: Pick<OptionsPage, 'confirm_until' | 'put_back'> | null
  readonly setup: Pick<Setup, 'wans'> | null
}

export function nextApplying(applying: Applying, { page, setup }: Heard): Applying {
  if (page === null || !(applying.kind === 'starting' || applying.kind === 'confirm')) {
    return applying
  }
  if (page.put_back !== null) return { kind: 'put_back', reason: page.put_back.reason }
  if (applying.kind === 'confirm') {
    // Nothing waits any more, and nothing was put back: somebody has said so elsewhere.
    return page.confirm_until === null
      ? { kind: 'confirmed' }
      : { kind: 'confirm', until: page.confirm_until }
  }
  if (setup === null || !runsWith(setup, applying.names)) return applying
  return page.confirm_until === null
    ? { kind: 'confirmed' }
    : { kind: 'confirm', until: page.confirm_until }
}

/** It may still observe only, for a moment or for a reason of the host's. */
function runsWith({ wans }: NonNullable<Heard['setup']>, names: readonly string[]): boolean {
  return wans.map(({ name }) => name).join() === names.join()
}

/** Only what the guide doesn't ask for itself can be left out. */
export function canLeaveOut(problems: readonly OptionsProblem[]): boolean {
  return problems.length > 0 && problems.every(({ path }) => keyOf(path) !== 'wans')
}

/** Without every option that something is wrong with: its default counts then. */
export function without(
  options: OptionsPage['options'],
  problems: readonly OptionsProblem[],
): OptionsPage['options'] {
  const wrong = new Set(problems.map(({ path }) => keyOf(path)))
  return Object.fromEntries(Object.entries(options).filter(([key]) => !wrong.has(key)))
}

/** `policies[0].use[0]` stands in `policies`. */
function keyOf(path: string): string {
  return path.split(/[.[]/)[0] ?? path
}
