/**
 * Every text of the page that is ours to word: one table a language, and none may lack a key. This
 * room is how the page speaks: texts, numbers and times in the user's language. Nothing here may
 * draw, and no element may have words of its own.
 */
import type { HealthState } from '../../../model/health.ts'
import type {
  EventType,
  PairSnapshot,
  PublishedCapabilities,
} from '../../../model/published/snapshot.ts'

export type Capability = keyof PublishedCapabilities

export interface Texts {
  readonly title: string
  readonly loading: string
  readonly guide: {
    readonly open: string
    readonly missing: string
    readonly reload: string
  }
  readonly connection: {
    readonly live: string
    readonly connecting: string
    readonly lost: (age: string) => string
    readonly lostBeforeData: string
  }
  readonly states: Readonly<Record<HealthState, string>>
  readonly summary: {
    readonly online: (wan: string) => string
    readonly backup: (wan: string) => string
    readonly limping: (wan: string) => string
    readonly chosen: (wan: string) => string
    readonly testing: (wan: string) => string
    readonly checking: string
    readonly noLine: string
    readonly lineDown: (wan: string) => string
    readonly allDown: string
    readonly observing: string
    readonly preferredInUse: string
    readonly backupInUse: (preferred: string) => string
    readonly chosenInUse: string
    readonly inUseSince: (when: string, duration: string) => string
    readonly testEnds: (duration: string) => string
    readonly staysOn: (wan: string) => string
    readonly otherIsHealthy: (wan: string) => string
    readonly checkingDetail: string
    readonly observingDetail: string
    readonly problems: (count: number) => string
  }
  readonly options: {
    readonly open: string
    readonly heading: string
    readonly nothingChanges: string
    readonly takenBack: string
    readonly notInForce: string
    readonly earlierStay: string
    readonly earlierStaySince: (when: string) => string
  }
  readonly picture: {
    readonly heading: string
    readonly home: string
    readonly internet: string
    readonly inUse: string
    readonly standby: string
    readonly metered: string
    readonly latency: string
    readonly loss: string
    readonly jitter: string
    readonly since: (when: string, duration: string) => string
    readonly via: (gateway: string, link: string) => string
    readonly publicAddress: string
    readonly received: string
    readonly sent: string
    readonly carries: string
    readonly rides: (line: string) => string
    readonly ridesBoth: (line: string, second: string) => string
    readonly ridesNowhere: string
  }
  readonly charts: {
    readonly heading: string
    readonly ranges: Readonly<Record<'hour' | 'day' | 'month', string>>
    readonly rangeLabel: string
    readonly latency: string
    readonly loss: string
    readonly summary: string
    readonly line: string
    readonly typical: string
    readonly highest: string
    readonly meanLoss: string
    readonly timeDown: string
    readonly never: string
    readonly empty: string
    readonly failed: string
    readonly shaded: string
    readonly sidesteps: (count: number) => string
  }
  readonly timeline: {
    readonly heading: string
    readonly ranges: Readonly<Record<'day' | 'month', string>>
    readonly rangeLabel: string
    readonly events: Readonly<Record<EventType, (names: EventNames) => string>>
    readonly lasted: (duration: string) => string
    readonly soFar: (duration: string) => string
    readonly noticedIn: (duration: string) => string
    readonly switchedIn: (duration: string) => string
    readonly empty: string
    readonly more: (count: number) => string
    readonly report: string
  }
  readonly policies: {
    readonly heading: string
    readonly policy: string
    readonly who: string
    readonly order: string
    readonly uses: string
    readonly why: string
    readonly everyone: string
    readonly everyoneElse: string
    readonly host: string
    readonly to: (targets: string) => string
    readonly ports: (ports: string) => string
    readonly returns: { readonly graceful: string; readonly immediate: string }
    readonly noInternet: string
    readonly nothing: string
    readonly orThen: string
  }
  readonly names: {
    readonly heading: string
    readonly states: Readonly<Record<'up' | 'down' | 'unknown' | 'rescued', string>>
    readonly hangsOn: (wan: string) => string
    readonly alone: string
  }
  readonly devices: {
    readonly heading: string
    readonly intro: string
    readonly show: string
    readonly hide: string
  }
  readonly explain: {
    readonly heading: string
    readonly intro: string
    readonly from: string
    readonly fromHint: string
    readonly to: string
    readonly toHint: string
    readonly ask: string
    readonly asking: string
    readonly now: string
    readonly ifDown: (wan: string) => string
    readonly leavesBy: (wan: string) => string
    readonly nowhere: string
    readonly local: (link: string) => string
    readonly details: string
    readonly policy: string
    readonly rule: string
    readonly noRule: string
    readonly table: string
    readonly gateway: string
    readonly link: string
    readonly answersFor: (from: string, to: string) => string
  }
  readonly controls: {
    readonly heading: string
    readonly mode: string
    readonly modeHint: string
    readonly automatic: string
    readonly test: string
    readonly testHint: (minutes: string) => string
    readonly startTest: string
    readonly endTest: string
    readonly testRunning: (wan: string) => string
    readonly endsIn: string
    readonly confirmHeading: string
    readonly confirmText: (wan: string, minutes: string) => string
    readonly confirmStart: string
    readonly cancel: string
    readonly failBack: string
    readonly failBackHint: (wan: string) => string
    readonly failBackNothing: string
    readonly pair: string
    readonly pairState: Readonly<Record<PairSnapshot['state'], (address: string) => string>>
    readonly pairSince: (moment: string) => string
    readonly rest: string
    readonly restHint: string
    readonly resting: string
    readonly endRest: string
    readonly pairCompare: string
    readonly pairHide: string
    readonly working: string
    readonly done: Readonly<
      Record<'test_on' | 'test_off' | 'rest_on' | 'rest_off' | 'mode' | 'failback', string>
    >
    readonly notDone: string
    readonly failed: (reason: string) => string
    readonly locked: string
  }
  readonly grade: {
    readonly heading: string
    readonly full: string
    readonly partial: string
    readonly there: string
    readonly missing: string
    readonly names: Readonly<Record<Capability, string>>
    readonly can: Readonly<Record<Capability, string>>
    readonly cannot: Readonly<Record<Capability, string>>
    readonly advice: string
    readonly version: (version: string) => string
  }
  readonly found: {
    readonly heading: string
    readonly intro: string
    readonly noInterfaces: string
    readonly gateway: string
    readonly noGateway: string
    readonly noGatewayNeeded: string
    readonly addresses: string
    readonly enter: string
    readonly enterHint: string
    readonly copy: string
    readonly copied: string
    readonly copyFailed: string
  }
}

/** The names that an event may have; null where it has none. */
export interface EventNames {
  readonly from: string | null
  readonly to: string | null
  readonly wan: string | null
}
