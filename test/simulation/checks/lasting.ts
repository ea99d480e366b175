/** Says what has gone on without a break for how long, from one look to the next. */
export class Lasting {
  #sinceMs = new Map<string, number>()

  /** Of what goes on now, that which has been going on for at least its limit. */
  tooLong(
    goingOn: readonly string[],
    { nowMs, limitMs }: { readonly nowMs: number; readonly limitMs: (name: string) => number },
  ): string[] {
    const since = new Map<string, number>()
    for (const name of goingOn) since.set(name, this.#sinceMs.get(name) ?? nowMs)
    this.#sinceMs = since
    return goingOn.filter((name) => nowMs - (since.get(name) ?? nowMs) >= limitMs(name))
  }
}
