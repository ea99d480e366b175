/** What a device says that it is called: never more than a short line of text. */
export function readableName(name: string): string | null {
  const short = name.replace(/\.$/, '').replace(/\.local$/i, '')
  const isText = short !== '' && short.length <= longest && !/[\p{C}\p{Zl}\p{Zp}]/u.test(short)
  return isText ? short : null
}

/** A label of DNS has 63 bytes. */
const longest = 63
