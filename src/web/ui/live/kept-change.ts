/**
 * That a device's change waits for the user's word, kept for this tab: the new options may load the
 * page anew, and the user must find the question whether the page is still there.
 */
const name = 'wan_failover_change'

export function changeIsWaiting(): boolean {
  try {
    return sessionStorage.getItem(name) !== null
  } catch {
    // The browser keeps nothing for this page.
    return false
  }
}

export function keepChange(isWaiting: boolean): void {
  try {
    if (isWaiting) sessionStorage.setItem(name, 'waiting')
    else sessionStorage.removeItem(name)
  } catch {
    // After a reload the card is closed, and the change is put back without an answer.
  }
}
