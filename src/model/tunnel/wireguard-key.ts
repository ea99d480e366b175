/** 32 bytes in base64: the last letter before `=` carries four bits, so it can't be any letter. */
export function isWireguardKey(text: string): boolean {
  return /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(text)
}
