/** Says which capabilities are missing and where they come from; null where none is. */
export function describeMissing(capabilities: readonly string[]): string | null {
  if (capabilities.length === 0) return null
  return (
    `this process lacks ${capabilities.join(' and ')}: it may not change rules or send probes. ` +
    'The add-on gets them from its manifest; elsewhere, run it as root or with its systemd unit'
  )
}
