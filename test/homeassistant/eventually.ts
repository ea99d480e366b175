/** Waits until something holds; says what didn't where it never does. */
export async function eventually(
  what: string,
  holds: () => boolean,
  deadlineMs = 8_000,
): Promise<void> {
  const endMs = performance.now() + deadlineMs
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`within ${deadlineMs} ms: ${what}`)
    await new Promise((resolve) => {
      setTimeout(resolve, 10)
    })
  }
}
