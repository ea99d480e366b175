/** What the image and the page carry of npm's registry, and under which licence. */
import { readFileSync } from 'node:fs'

export interface CarriedPackage {
  readonly name: string
  readonly licence: string
}

interface Entry {
  readonly license?: string
  readonly dependencies?: Readonly<Record<string, string>>
}

const root = new URL('../../', import.meta.url)
export const licencesPage = new URL('LICENCES.md', root)

/** By name; what a package only may use (optional, peer) isn't there. */
export function carriedPackages(): readonly CarriedPackage[] {
  const lock: { packages: Record<string, Entry> } = JSON.parse(
    readFileSync(new URL('package-lock.json', root), 'utf8'),
  )
  const carried = new Map<string, Entry>()
  const open = Object.keys(lock.packages['']?.dependencies ?? {}).map((name) => ({ name, by: '' }))
  for (const { name, by } of open) {
    const path = placeOf(lock.packages, name, by)
    const entry = lock.packages[path]
    if (entry === undefined || carried.has(path)) continue
    carried.set(path, entry)
    for (const other of Object.keys(entry.dependencies ?? {})) open.push({ name: other, by: path })
  }
  const all = [...carried].map(([path, { license = 'none' }]) => ({
    name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    licence: license,
  }))
  const byName = new Map(all.map((one) => [`${one.name} ${one.licence}`, one]))
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

export function licencesText(packages: readonly CarriedPackage[]): string {
  const rows = packages.map(({ name, licence }) => `| ${name} | ${licence} |`)
  return `# Licences

WAN Failover is under the [MIT licence](LICENSE). What its image and its page carry of npm's registry, each package's
text lying beside its code; Node itself is under the MIT licence too, and Debian's packages keep theirs in the image
under \`/usr/share/doc\`.

| package | licence |
|---|---|
${rows.join('\n')}
`
}

/** As Node resolves it: the nearest folder upwards. */
function placeOf(packages: Readonly<Record<string, Entry>>, name: string, by: string): string {
  for (
    let from = by;
    from !== '';
    from = from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/')))
  ) {
    if (packages[`${from}/node_modules/${name}`] !== undefined)
      return `${from}/node_modules/${name}`
  }
  return `node_modules/${name}`
}
