/**
 * The picture of the paths: client, host, the two gateways, the Internet. Pure. The live path is
 * heavy, a dead one crossed out, so that it can be read without colours too.
 */
import type { WanNumber } from '../../network/plan.ts'
import type { DemoState, WanView } from '../demo-state.ts'
import { type Line, type Piece, piece, type Style } from './styled-text.ts'

/** How wide it is: it can't be made narrower. */
export const pictureColumns = 70

const gatewayColumns = 15
const indent = 23

export function picture(state: DemoState): Line[] {
  const [first, second] = state.wans
  const above = pathOf(first, state)
  const below = pathOf(second, state)
  const house = state.carrying === null ? piece('─', 'dim') : piece('━', 'live')
  const bar = (path: Path) => piece(path.live ? '┃' : '│', path.style)
  const gap = (text: string) => piece(text)
  return [
    [gap(' '.repeat(indent + 5)), gap(`┌${'─'.repeat(gatewayColumns)}┐`)],
    [gap(' '.repeat(indent)), ...way(above, ['┏', '┌']), ...box(`gateway ${first.number}`, above)],
    [
      gap(' ┌────────┐  ┌──────┐  '),
      bar(above),
      gap(`    │${centred(first.gateway)}│          `),
      bar(above),
      gap('  ┌──────────┐'),
    ],
    [
      gap(' │ client ├'),
      house,
      house,
      gap('┤ host ├'),
      house,
      house,
      fork(state.carrying, '┩┪┤'),
      gap(`    └${'─'.repeat(gatewayColumns)}┘          `),
      fork(state.carrying, '┡┢├'),
      house,
      house,
      gap('┤ Internet │'),
    ],
    [
      gap(' └────────┘  └──────┘  '),
      bar(below),
      gap(`    ┌${'─'.repeat(gatewayColumns)}┐          `),
      bar(below),
      gap('  └──────────┘'),
    ],
    [gap(' '.repeat(indent)), ...way(below, ['┗', '└']), ...box(`gateway ${second.number}`, below)],
    [gap(' '.repeat(indent + 5)), gap(`│${centred(second.gateway)}│`)],
    [gap(' '.repeat(indent + 5)), gap(`└${'─'.repeat(gatewayColumns)}┘`)],
  ]
}

interface Path {
  readonly number: WanNumber
  readonly live: boolean
  readonly crossed: boolean
  readonly style: Style
}

function pathOf(wan: WanView, { carrying }: DemoState): Path {
  const live = carrying === wan.number
  const crossed = wan.cut || wan.state === 'down'
  return { number: wan.number, live, crossed, style: styleOf(live, crossed) }
}

function styleOf(live: boolean, crossed: boolean): Style {
  if (crossed) return 'dead'
  return live ? 'live' : 'dim'
}

/** From the host's fork to the gateway. */
function way(path: Path, [heavy, light]: readonly [string, string]): Piece[] {
  return [piece(path.live ? `${heavy}━━━━` : `${light}────`, path.style)]
}

/** The gateway's upper or lower row, with its way to the Internet. */
function box(name: string, path: Path): Piece[] {
  const line = path.live ? '━' : '─'
  const corner = { 1: path.live ? '┓' : '┐', 2: path.live ? '┛' : '┘' }[path.number]
  const cross = path.crossed ? '╳' : line
  return [
    piece(path.live ? '┥' : '┤'),
    piece(centred(name), path.live && !path.crossed ? 'bold' : 'plain'),
    piece(path.live ? '┝' : '├'),
    piece(line.repeat(4), path.style),
    piece(cross, path.crossed ? 'lost' : path.style),
    piece(`${line.repeat(5)}${corner}`, path.style),
  ]
}

/** Where the paths part: the live one's side is heavy. */
function fork(carrying: WanNumber | null, [up, down, none]: string): Piece {
  if (carrying === null) return piece(none ?? '', 'dim')
  return piece((carrying === 1 ? up : down) ?? '', 'live')
}

function centred(text: string): string {
  const left = Math.max(0, Math.floor((gatewayColumns - text.length) / 2))
  return `${' '.repeat(left)}${text}`.padEnd(gatewayColumns).slice(0, gatewayColumns)
}
