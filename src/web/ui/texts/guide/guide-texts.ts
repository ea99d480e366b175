/** The guide's texts, loaded with it: who has set up everything needs none of them. */
import type { FoundLine } from '../../../../model/published/found-line.ts'

export interface GuideTexts {
  readonly close: string
  /** What the button is called where it stands alone. */
  readonly closeGuide: string
  readonly back: string
  readonly next: string
  readonly stepsLabel: string
  readonly steps: Readonly<Record<GuideStep, string>>
  readonly failed: (reason: string) => string
  readonly find: {
    readonly heading: string
    readonly intro: string
    readonly searching: string
    readonly again: string
    readonly none: string
    readonly one: string
    readonly oneTwice: string
    readonly several: (count: number) => string
    readonly kinds: Readonly<Record<FoundLine['kind'], string>>
    readonly by: (maker: string) => string
    readonly online: string
    readonly offline: string
    readonly sameAs: (line: string) => string
    readonly ownLine: string
    readonly configured: (name: string) => string
    readonly address: string
    readonly link: string
    readonly publicAddress: string
    readonly latency: string
    readonly answered: string
    readonly noGateway: string
    readonly help: {
      readonly heading: string
      readonly power: string
      readonly cable: string
      readonly phone: string
      readonly stick: string
      readonly again: string
    }
  }
  readonly ask: {
    readonly heading: string
    readonly intro: string
    readonly lines: string
    readonly linesHint: string
    readonly main: string
    readonly backup: string
    readonly unused: string
    readonly use: (line: string) => string
    readonly up: (line: string) => string
    readonly down: (line: string) => string
    readonly movedTo: (line: string, place: string) => string
    readonly name: string
    readonly nameHint: string
    readonly metered: string
    readonly meteredHint: string
    readonly who: string
    readonly house: string
    readonly houseHint: string
    readonly machine: string
    readonly machineHint: string
    readonly dns: string
    readonly dnsHint: string
    readonly notify: string
    readonly notifyHint: string
    readonly picture: string
    readonly tooFew: string
    readonly notFound: string
  }
  readonly apply: {
    readonly heading: string
    readonly intro: (place: string) => string
    readonly checking: string
    readonly use: string
    readonly nothing: string
    readonly words: string
    readonly yaml: string
    readonly warnings: string
    readonly problems: string
    readonly leaveOut: string
    readonly notWritable: string
    readonly copyHint: string
    readonly changedMeanwhile: string
    readonly writing: string
    readonly starting: string
    readonly slow: string
    readonly said: {
      readonly mainLine: (line: string) => string
      readonly backupLine: (line: string, before: string) => string
      readonly meteredLine: (line: string) => string
      readonly house: string
      readonly machine: string
      readonly dnsOn: string
      readonly dnsOff: string
      readonly notify: (names: string) => string
    }
    readonly added: string
    readonly removed: string
    readonly before: string
    readonly after: string
    readonly field: string
  }
  readonly test: {
    readonly heading: string
    readonly intro: (line: string) => string
    readonly warning: string
    readonly start: string
    readonly later: string
    readonly notReady: string
    readonly watch: string
    readonly leaving: (line: string) => string
    readonly away: (line: string) => string
    readonly returning: (line: string) => string
    readonly refused: (reason: string) => string
    readonly nothingMoved: string
    readonly again: string
  }
  readonly report: {
    readonly heading: string
    readonly good: string
    readonly slowBack: (line: string) => string
    readonly there: (from: string, to: string) => string
    readonly backAgain: (from: string, to: string) => string
    readonly noticed: string
    readonly moved: string
    readonly everyone: string
    readonly machine: string
    readonly seen: string
    readonly seenHint: string
    readonly noneSeen: string
    readonly usedOther: (line: string) => string
    readonly quietThen: string
    readonly passedBy: string
    readonly passedByHint: (address: string) => string
    readonly stillAt: (device: string, gateway: string) => string
    readonly elsewhere: (device: string) => string
    readonly more: (count: number) => string
    readonly noDevices: string
    readonly finish: string
  }
}

export type GuideStep = 'find' | 'ask' | 'apply' | 'test'
