/** How WANs are called where nobody has named them; as many as there may be. */
export const wanNames: readonly string[] = [
  'primary',
  'secondary',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
]
