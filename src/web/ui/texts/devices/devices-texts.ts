/** The texts of the list of devices, loaded with it. */
export interface DevicesTexts {
  readonly looking: string
  readonly again: string
  readonly failed: (reason: string) => string
  readonly locked: string
  readonly none: string
  readonly through: (count: number) => string
  readonly past: (count: number) => string
  readonly pastHint: string
  readonly setGateway: (address: string) => string
  readonly truncated: string
  readonly more: (count: number) => string
  readonly device: string
  readonly bytes: string
  readonly usesNow: string
  readonly policy: string
  readonly policyOf: (device: string) => string
  readonly lastSeen: string
  readonly gateway: string
  readonly gatewayUnknown: string
  readonly noLine: string
  readonly everyoneElse: string
  readonly behind: (policy: string, first: string) => string
  readonly notWritable: string
  readonly change: {
    readonly heading: (device: string) => string
    readonly text: (policy: string) => string
    readonly byMac: string
    readonly emptied: (policy: string) => string
    readonly checking: string
    readonly nothing: string
    readonly problems: string
    readonly details: string
    readonly added: string
    readonly removed: string
    readonly write: string
    readonly writing: string
    readonly cancel: string
    readonly outdated: string
    readonly written: string
  }
}
