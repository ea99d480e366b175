/** That a live set changes in one moment: what stays in it is in it all the time. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { test } from 'node:test'
import { nftScripts, refillScript } from '../../../src/network/nft/nft-scripts.ts'
import type { NftTable } from '../../../src/network/nft/nft-table.ts'
import { waitFor } from '../../wait-for.ts'

const nft = (...args: readonly string[]): string =>
  execFileSync('nft', [...args], { encoding: 'utf8' })

/** Counts what goes to 127.0.0.1, and of that what finds it outside the set. */
function tableWith(networks: readonly string[]): NftTable {
  const toHost = 'ip daddr 127.0.0.1'
  return {
    objects: ['sent', 'missed'].map((name) => ({ kind: 'counter', name })),
    sets: [{ kind: 'set', live: true, name: 'near', type: 'ipv4_addr', elements: networks }],
    chains: [
      {
        name: 'asks',
        hook: 'filter hook output priority filter',
        rules: [
          `${toHost} counter name "sent"`,
          `${toHost} ip daddr != @near counter name "missed"`,
        ],
      },
    ],
  }
}

function counted(name: 'sent' | 'missed'): number {
  const listing = nft('list', 'counter', 'inet', 'wan_failover', name)
  return Number(/packets (\d+)/.exec(listing)?.[1])
}

// Wider and narrower ones around what stays, and beside it: each way a range can change.
const narrow = tableWith(['10.20.0.0/16', '127.0.0.0/8', '192.168.0.0/24'])
const wide = tableWith(['10.0.0.0/8', '127.0.0.0/8', '172.17.0.0/16'])

for (const [way, scripts] of [
  ['filled anew', (to: NftTable) => [refillScript(to)]],
  [
    'filled anew together with all rules',
    (to: NftTable) => {
      const listing = nft('-s', '-t', 'list', 'table', 'inet', 'wan_failover')
      const { before, script, after } = nftScripts(to, listing)
      return [before, script, after].filter((one) => one !== null)
    },
  ],
] as const) {
  test(`a packet to who stays in a set finds it there while the set is ${way}`, async () => {
    execFileSync('ip', ['link', 'set', 'lo', 'up'])
    nft(nftScripts(narrow, null).script)
    const flood = spawn('ping', ['-q', '-f', '127.0.0.1'], { stdio: 'ignore' })
    try {
      await waitFor(() => counted('sent') > 1_000, { what: 'packets' })
      const beforeCount = counted('sent')
      for (let round = 0; round < 60; round += 1) {
        for (const script of scripts(round % 2 === 0 ? wide : narrow)) nft(script)
        const [own, other] = round % 2 === 0 ? ['10.0.0.0', '10.20'] : ['10.20.0.0', '172.17']
        const listing = nft('list', 'set', 'inet', 'wan_failover', 'near')
        assert.ok(listing.includes(own) && !listing.includes(other), listing)
      }
      assert.ok(counted('sent') - beforeCount > 5_000, 'packets came all the time')
      assert.equal(counted('missed'), 0)
    } finally {
      flood.kill()
      nft('delete', 'table', 'inet', 'wan_failover')
    }
  })
}
