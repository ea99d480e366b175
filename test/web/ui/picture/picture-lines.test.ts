import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pictureLines } from '../../../../src/web/ui/picture/picture-lines.ts'

const across = {
  house: { left: 0, top: 100, width: 60, height: 60 },
  internet: { left: 700, top: 100, width: 60, height: 60 },
  cards: [
    { left: 150, top: 0, width: 460, height: 120 },
    { left: 150, top: 140, width: 460, height: 120 },
  ],
}

test('across, each line goes from the house to its card and on to the Internet', () => {
  assert.deepEqual(pictureLines(across, true), [
    {
      toWan: 'M60 130 C105 130 105 60 150 60',
      toInternet: 'M610 60 C655 60 655 130 700 130',
      middle: { x: 655, y: 95 },
    },
    {
      toWan: 'M60 130 C105 130 105 200 150 200',
      toInternet: 'M610 200 C655 200 655 130 700 130',
      middle: { x: 655, y: 165 },
    },
  ])
})

test('on a phone the rails stand beside the cards and meet at the ends', () => {
  const down = {
    house: { left: 130, top: 0, width: 60, height: 60 },
    internet: { left: 130, top: 240, width: 60, height: 60 },
    cards: [{ left: 20, top: 80, width: 280, height: 140 }],
  }
  assert.deepEqual(pictureLines(down, false), [
    {
      toWan: 'M130 30 H18 Q8 30 8 40 V140 Q8 150 18 150 H20',
      toInternet: 'M300 150 H307 Q312 150 312 160 V260 Q312 270 302 270 H190',
      middle: { x: 312, y: 166 },
    },
  ])
})

test('a tunnel leads to the lines that carry it, and not to the Internet', () => {
  const [tunnel, line] = pictureLines(across, true, [[1], null])
  assert.equal(tunnel?.toInternet, '')
  assert.deepEqual(tunnel?.rides, ['M610 60 C646 60 646 200 610 200'])
  assert.equal(line?.rides, undefined)
  assert.deepEqual(pictureLines(across, true, [[], null])[0]?.rides, [])
})
