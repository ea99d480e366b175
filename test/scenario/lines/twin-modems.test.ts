import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import { askedFromOutside, serve, servicePort } from '../../lab/measure/service-from-outside.ts'

const topology = 'twin-modems'

test('what asks through either of them is answered by it', async () => {
  await using house = await House.open({ topology })
  const { lab } = house
  await using _service = await serve()
  for (const wan of [1, 2] as const) await lab.forwardPort(wan, servicePort)
  assert.deepEqual(
    [await askedFromOutside(lab, 1), await askedFromOutside(lab, 2)],
    ['hello', 'hello'],
  )
})
