/** A script in `sh` that stands where a tool would: the next one at the same path replaces it. */
import { writeFileSync } from 'node:fs'

export function fakeTool(path: string, script: string): string {
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return path
}
