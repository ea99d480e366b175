import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parse, stringify } from 'yaml'
import { editYaml } from '../../../src/options/edit/edit-yaml.ts'

const written = `# My house
wans:
  # the good one
  - name: dsl   # fibre
    gateway: 192.168.0.1
  # the stick
  - { name: lte, gateway: auto, interface: "usb0" } # on the roof

# probing
probe: { interval: 0x1, targets: [ 1.1.1.1, 8.8.8.8 ] } # fast
mqtt:
  password: 'se#cret' # never tell
# the end
`

const dsl = { name: 'dsl', gateway: '192.168.0.1' }
const lte = { name: 'lte', gateway: 'auto', interface: 'usb0' }
const whole = {
  wans: [dsl, lte],
  probe: { interval: 1, targets: ['1.1.1.1', '8.8.8.8'] },
  mqtt: { password: 'se#cret' },
}

function edited(text: string, after: Readonly<Record<string, unknown>>): string {
  const result = editYaml(text, after)
  if (result.kind === 'refused') assert.fail(result.reason)
  return result.text
}

describe('other options in a file that somebody has written', () => {
  test('leave what stays as it is written', () => {
    const text = edited(written, { ...whole, nat: 'always' })
    assert.equal(text.replace(/nat: always\n\n?/, ''), written.replace('dsl   #', 'dsl #'))
  })

  test('take the comments of a line along when it is moved', () => {
    const text = edited(written, { ...whole, wans: [{ ...lte, metered: true }, dsl] })
    assert.match(
      text,
      /wans:\n {2}# the stick\n.*interface: "usb0", metered: true \} # on the roof\n {2}# the good one\n.*dsl # fibre/,
    )
  })

  test('keep the comment of a line that gets another name, and of a value that changes', () => {
    const wans = [{ ...dsl, name: 'fibre' }, lte]
    const text = edited(written, { ...whole, wans, probe: { interval: 2 } })
    assert.match(text, /name: fibre # fibre/)
    assert.match(text, /probe: \{ interval: 2 \} # fast/)
  })

  test('take away what is left out', () => {
    const text = edited(written, { wans: [lte] })
    assert.deepEqual(parse(text), { wans: [lte] })
    assert.ok(!text.includes('se#cret'))
  })

  test('fill the file that we install, under the words that explain it', () => {
    const installed = readFileSync(new URL('../../../addon/options.yaml', import.meta.url), 'utf8')
    const text = edited(installed, { wans: [dsl, lte] })
    assert.match(text, /\nwans:\n {2}- name: dsl\n {4}gateway: 192.168.0.1\n {2}- name: lte\n/)
    for (const line of installed.split('\n').filter((one) => one.startsWith('#'))) {
      assert.ok(text.includes(line), line)
    }
  })

  test('make a file that is empty, and stay JSON where JSON stands', () => {
    assert.deepEqual(parse(edited('', whole)), whole)
    assert.deepEqual(parse(edited('# only words\n', whole)), whole)
    assert.deepEqual(JSON.parse(edited('{"wans": []}', whole)), whole)
  })

  test('follow how lists are written there', () => {
    const text = edited('wans:\n- name: dsl\n  gateway: 192.168.0.1\n', { wans: [dsl, lte] })
    assert.match(text, /^wans:\n- name: dsl\n {2}gateway: 192.168.0.1\n- name: lte\n/)
  })

  test('are what was wanted, through aliases too', () => {
    const shared =
      'policies:\n  - { name: a, from: &us [host], use: [none] }\n  - { name: b, from: *us, use: [none] }\n'
    const policy = (name: string, from: string[]) => ({ name, from, use: ['none'] })
    const after = { policies: [policy('a', ['all']), policy('b', ['host'])] }
    const result = editYaml(shared, after)
    assert.ok(
      result.kind === 'refused' || JSON.stringify(parse(result.text)) === JSON.stringify(after),
    )
  })

  test('are refused where the text is none', () => {
    assert.equal(editYaml('wans: [\n', whole).kind, 'refused')
  })

  test('are what was wanted, whatever stood there', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom('dsl', 'yes', '0x10', '192.168.0.1', 'a: b', '# no', '', ' x ', '- a'),
        fc.integer({ min: -9, max: 9 }),
        fc.boolean(),
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom('name', 'a', 'b', 'wans'), tie('any'), { maxKeys: 4 }),
      ),
    })).any
    const options = fc.dictionary(fc.constantFrom('wans', 'probe', 'nat', 'mqtt'), value)
    fc.assert(
      fc.property(options, options, (before, after) => {
        const plain = JSON.parse(JSON.stringify(after))
        assert.deepEqual(parse(edited(stringify(before), plain)) ?? {}, plain)
      }),
      { numRuns: 300 },
    )
  })
})
