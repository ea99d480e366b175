/** The lines of the picture: from the house to each WAN's card, and from there to the Internet. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export interface PictureBoxes {
  readonly house: Box
  readonly internet: Box
  readonly cards: readonly Box[]
}

export interface PictureLine {
  /** SVG path data. */
  readonly toWan: string
  readonly toInternet: string
  /** Halfway to the Internet: a mark stands there if the line is down. */
  readonly middle: { readonly x: number; readonly y: number }
  /** From a tunnel to the lines that carry it; it has no way to the Internet of its own. */
  readonly rides?: readonly string[]
}

/**
 * In CSS pixels of the picture. `across`: house, cards and Internet from left to right; else from
 * top to bottom, with rails beside the cards.
 */
export function pictureLines(
  boxes: PictureBoxes,
  across: boolean,
  rides: readonly (readonly number[] | null)[] = [],
): readonly PictureLine[] {
  return boxes.cards.map((card, index) => {
    const line = across ? acrossLine(boxes, card) : downLine(boxes, card)
    const below = rides[index] ?? null
    if (below === null) return line
    const cards = below.flatMap((one) => boxes.cards[one] ?? [])
    const bend = across ? 36 : railGap - 4
    const x = right(card) + round((bend * 3) / 4)
    const middle = { x, y: round(middleY(card) + corner + 6) }
    return { ...line, toInternet: '', middle, rides: cards.map((one) => hook(card, one, bend)) }
  })
}

/** Out of one card on the right, and into another. */
function hook(from: Box, to: Box, bend: number): string {
  const [start, end] = [from, to].map((box) => ({ x: right(box), y: middleY(box) })) as [
    Point,
    Point,
  ]
  const out = round(Math.max(start.x, end.x) + bend)
  return `M${at(start)} C${out} ${round(start.y)} ${out} ${round(end.y)} ${at(end)}`
}

function acrossLine({ house, internet }: PictureBoxes, card: Box): PictureLine {
  const y = middleY(card)
  const start = { x: right(house), y: middleY(house) }
  const end = { x: internet.left, y: middleY(internet) }
  const out = { x: right(card), y }
  return {
    toWan: curve(start, { x: card.left, y }),
    toInternet: curve(out, end),
    middle: { x: round((out.x + end.x) / 2), y: round((y + end.y) / 2) },
  }
}

interface Point {
  readonly x: number
  readonly y: number
}

function curve(from: Point, to: Point): string {
  const bend = round((from.x + to.x) / 2)
  return `M${at(from)} C${bend} ${round(from.y)} ${bend} ${round(to.y)} ${at(to)}`
}

/** How far the rails stand beside the cards, and how round their corners are. */
const railGap = 12
const corner = 10

function downLine({ house, internet }: PictureBoxes, card: Box): PictureLine {
  const y = middleY(card)
  const leftRail = card.left - railGap
  const rightRail = right(card) + railGap
  const startY = middleY(house)
  const endY = middleY(internet)
  return {
    toWan:
      `M${at({ x: house.left, y: startY })} H${round(leftRail + corner)} ` +
      `Q${round(leftRail)} ${round(startY)} ${round(leftRail)} ${round(startY + corner)} ` +
      `V${round(y - corner)} Q${round(leftRail)} ${round(y)} ${at({ x: leftRail + corner, y })} ` +
      `H${round(card.left)}`,
    toInternet:
      `M${at({ x: right(card), y })} H${round(rightRail - corner / 2)} ` +
      `Q${round(rightRail)} ${round(y)} ${at({ x: rightRail, y: y + corner })} ` +
      `V${round(endY - corner)} ` +
      `Q${round(rightRail)} ${round(endY)} ${at({ x: rightRail - corner, y: endY })} ` +
      `H${round(right(internet))}`,
    middle: { x: round(rightRail), y: round(y + corner + 6) },
  }
}

function right(box: Box): number {
  return box.left + box.width
}

function middleY(box: Box): number {
  return box.top + box.height / 2
}

function at({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
