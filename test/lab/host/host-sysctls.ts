import { readFileSync, writeFileSync } from 'node:fs'
import type { Sysctl } from '../network/topology.ts'

/** The host's sysctls: what they are set to, and what they were, to be put back. */
export class HostSysctls {
  readonly #before: readonly Sysctl[]

  private constructor(before: readonly Sysctl[]) {
    this.#before = before
  }

  static set(values: readonly Sysctl[]): HostSysctls {
    const before = values.map(([path]): Sysctl => [path, readFileSync(file(path), 'utf8').trim()])
    // In this order: ip_forward resets some of the others.
    for (const [path, value] of values) writeFileSync(file(path), value)
    return new HostSysctls(before)
  }

  restore(): void {
    for (const [path, value] of this.#before) writeFileSync(file(path), value)
  }
}

function file(path: string): string {
  return `/proc/sys/net/${path}`
}
