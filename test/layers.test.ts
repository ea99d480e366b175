/**
 * Which room of `src/` may import which: a room that isn't named here may import nothing, and a new
 * room has to be entered before anything can move in. ARCHITECTURE.md, Layers, says why it is so.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const core = ['model', 'health', 'decision', 'network', 'report', 'turn']
const ports = ['kernel/port.ts', 'kernel/tunnels/port.ts', 'pair/port.ts', 'probe/port.ts']

/** A room, and the rooms or single files it may import from beside itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  model: [],
  options: ['model'],
  health: ['model'],
  decision: ['model'],
  network: ['model'],
  lines: ['model'],
  report: ['model', 'decision', 'network'],
  turn: ['model', 'health', 'decision', 'network', 'report'],
  probe: ['model'],
  resolvers: ['model'],
  devices: ['model', 'probe/messages/dns-message.ts'],
  kernel: ['model', 'network', 'probe/sockets/libc.ts'],
  pair: ['model', 'network', 'kernel/tools/run-tool.ts', 'kernel/reading/kernel-settings.ts'],
  homeassistant: ['model'],
  control: ['model'],
  logging: ['model'],
  service: ['model'],
  web: ['model', 'daemon/clock.ts'],
  server: [
    'model',
    'kernel/tools/run-tool.ts',
    'kernel/reading/nft-chains.ts',
    'kernel/tunnels/hello-key.ts',
    'kernel/tunnels/private-key.ts',
    'logging',
  ],
  daemon: [...core, ...ports],
  commands: [
    ...['model', 'options', 'decision', 'network', 'lines', 'report', 'turn', 'daemon'],
    ...['kernel', 'pair', 'probe', 'resolvers', 'devices', 'homeassistant', 'control', 'logging'],
    ...['service', 'web'],
  ],
  'main.ts': ['commands'],
}

test('each room of src imports only what it may', () => {
  const wrong = imports().filter(({ from, to }) => !mayImport(roomOf(from), to))
  assert.deepEqual(wrong, [])
})

test('no room is named that is not there', () => {
  const rooms = new Set(imports().map(({ from }) => roomOf(from)))
  const unused = Object.keys(allowed).filter((room) => !rooms.has(room) && room !== 'model')
  assert.deepEqual(unused, [])
})

function mayImport(room: string, to: string): boolean {
  if (roomOf(to) === room) return true
  return allowed[room]?.some((one) => one === to || one === roomOf(to)) === true
}

function roomOf(file: string): string {
  return file.split('/')[0] ?? file
}

interface Import {
  readonly from: string
  readonly to: string
}

/** All imports within `src`, as paths below it; also what is loaded when it is needed first. */
function imports(): Import[] {
  const root = fileURLToPath(new URL('../src/', import.meta.url))
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts'], {
    cwd: root,
    encoding: 'utf8',
    timeout: 10_000,
  })
  const files = listed.split('\n').filter((file) => file !== '')
  const specifier = /\b(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+\.ts)'/g
  return files.flatMap((from) =>
    [...readFileSync(join(root, from), 'utf8').matchAll(specifier)].map(([, path = '']) => ({
      from,
      to: join(dirname(from), path),
    })),
  )
}
