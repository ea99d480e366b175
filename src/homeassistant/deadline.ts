/** Waits for a promise, but not for ever, and leaves no timer behind that holds the process. */

/** null after `patienceMs`. */
export function settledWithin<T>(promise: Promise<T>, patienceMs: number): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(null), patienceMs)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

export function after(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs)
  })
}
