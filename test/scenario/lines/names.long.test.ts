import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { callItSupervisor } from '../../fakes/stand-in-supervisor.ts'
import { tellResolvers } from '../../lab/host/resolv-conf.ts'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'

before(() => {
  tellResolvers()
  callItSupervisor('127.0.0.1')
})

test('a resolver out there is asked by whichever line lives, and nothing is told', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  tellResolvers('198.51.100.1')
  const answers = () =>
    house.mqtt.waitForState(({ resolvers }) => resolvers['198.51.100.1']?.state === 'up', {
      deadlineMs: 15_000,
      what: 'the resolver to answer',
    })
  const state = await answers()
  assert.equal(state.resolvers['198.51.100.1']?.via, null)
  const { beforeMs } = await breakLine(house, { wan: 1, kind: 'upstream-silent' })
  await mendLine(house, 1)
  await answers()
  const told = house.mqtt.events.filter(({ event_type }) => event_type === 'names_down')
  assert.deepEqual(
    told.filter(({ seenMs }) => seenMs > beforeMs),
    [],
  )
})
