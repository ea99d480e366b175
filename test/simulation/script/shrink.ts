/** Finds which steps of a failing script it takes to fail in the same way. */
import { type Plan, simulate } from '../simulate.ts'

export async function shrink(plan: Plan, violation: string, budgetMs: number): Promise<Plan> {
  const endMs = performance.now() + budgetMs
  const kind = kindOf(violation)
  let smallest = plan
  for (let size = Math.ceil(plan.script.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let first = smallest.script.length - size; first >= 0; first -= size) {
      if (performance.now() > endMs) return smallest
      const script = smallest.script.toSpliced(first, size)
      const outcome = await simulate({ ...smallest, script })
      if (outcome.violation !== null && kindOf(outcome.violation) === kind) {
        smallest = { ...smallest, script }
      }
    }
  }
  return smallest
}

/** What is before the colon: the same invariant, whatever the object. */
function kindOf(violation: string): string {
  return violation.split(':')[0] ?? violation
}
