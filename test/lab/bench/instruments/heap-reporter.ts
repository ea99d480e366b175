/** Loaded into the daemon beside its own modules: writes down each second what is in its heap. */
import { renameSync, writeFileSync } from 'node:fs'

const path = process.env['HEAP_REPORT']
if (path !== undefined) {
  const report = () => {
    // Renamed, so that nobody reads a half of it.
    writeFileSync(`${path}.new`, JSON.stringify(process.memoryUsage()))
    renameSync(`${path}.new`, path)
  }
  setInterval(report, 1_000).unref()
}
