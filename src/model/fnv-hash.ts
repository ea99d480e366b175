/** FNV-1a, 32 bits: for names and numbers that follow from a text, never for secrets. */
export function fnvHash(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0
  }
  return hash
}
