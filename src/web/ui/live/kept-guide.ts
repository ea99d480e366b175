/**
 * The guide's step, kept for this tab: a change of options may load the page anew, and the user
 * must find the question whether the page is still there.
 */
const name = 'wan_failover_guide'

export function keptGuideStep(): string | null {
  try {
    return sessionStorage.getItem(name)
  } catch {
    // The browser keeps nothing for this page.
    return null
  }
}

/** null: the guide is closed. */
export function keepGuideStep(step: string | null): void {
  try {
    if (step === null) sessionStorage.removeItem(name)
    else sessionStorage.setItem(name, step)
  } catch {
    // After a reload the page begins without the guide.
  }
}
