/** Says what has gone on without a break for how long, from one look to the next. */
export class Lasting {
  #sinceMs = new Map<string, number>()

  /** Of what goes on now, that which has been going on for at least its limit. */
  tooLong(
    goingOn: readonly string[],
    { nowMs, limitMs }: { readonly nowMs: number; readonly limitMs: LimitMs },
  ): string[] {
    const since = new Map<string, number>()
    for (const name of goingOn) since.set(name, this.#sinceMs.get(name) ?? nowMs)
    this.#sinceMs = since
    return goingOn.filter((name) => {
      const sinceMs = since.get(name) ?? nowMs
      return nowMs - sinceMs >= limitMs(name, sinceMs)
    })
  }
}

/** For how long it may go on, which may hang on when it began. */
type LimitMs = (name: string, sinceMs: number) => number
