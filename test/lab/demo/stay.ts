/** After the story: the viewer's own keys break and mend the lines, until told to end. */
import type { WanNumber } from '../network/plan.ts'
import type { DemoHouse } from './demo-house.ts'
import type { Performance } from './performance.ts'
import type { Keys } from './screen/screen.ts'

export const stayTitle = 'Yours to play with'

const keyLine = '1/2 break or mend a line · t test on/off · f fail back now · q end'

export interface StayOptions {
  readonly house: DemoHouse
  readonly performance: Performance
  readonly keys: Keys | null
  /** Resolves when a signal asks for the end. */
  readonly asked: Promise<unknown>
}

export async function stay({ house, performance, keys, asked }: StayOptions): Promise<void> {
  if (keys === null) {
    performance.tell(stayTitle, 'It goes on until it is told to end, by TERM or INT (Ctrl-C).')
    await asked
    return
  }
  performance.tell(stayTitle, 'Break what you like, and watch what the daemon makes of it.')
  performance.showKeys(keyLine)
  const say = (sentence: string) => performance.tell(stayTitle, sentence)
  await new Promise<void>((end, fail) => {
    let busy = false
    void asked.then(() => end())
    keys.listen((key) => {
      if (key === 'q') return end()
      // A key pressed while the last one is still being carried out is forgotten.
      if (busy) return
      busy = true
      carryOut(key, house, say)
        .catch(fail)
        .finally(() => {
          busy = false
        })
    })
  })
  performance.showKeys(null)
}

async function carryOut(
  key: string,
  house: DemoHouse,
  say: (sentence: string) => void,
): Promise<void> {
  switch (key) {
    case '1':
      return toggleLine(1, house, say)
    case '2':
      return toggleLine(2, house, say)
    case 't': {
      const on = house.mqtt.topic('test_failover/state') === 'ON'
      say(`The switch “test failover” was turned ${on ? 'off' : 'on'}.`)
      return house.mqtt.publish('test_failover/set', on ? 'OFF' : 'ON')
    }
    case 'f':
      say('The button “fail back now” was pressed.')
      return house.mqtt.publish('failback/set', 'PRESS')
    default:
  }
}

async function toggleLine(
  wan: WanNumber,
  house: DemoHouse,
  say: (sentence: string) => void,
): Promise<void> {
  if (house.isCut(wan)) {
    await house.mend(wan)
    say(`The line behind gateway ${wan} was mended.`)
  } else {
    await house.cut(wan)
    say(`The line behind gateway ${wan} was broken: all is silent there.`)
  }
}
