/** The workflows beside what they release: what a wrong word there would break is seen after a tag only. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8')

interface Step {
  readonly uses?: string
  readonly with?: Readonly<Record<string, string>>
  readonly run?: string
}

interface Workflow {
  readonly env?: { readonly ARCHITECTURES?: string }
  readonly permissions: unknown
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly Step[]; readonly needs?: unknown }>
  >
}

const manifest = parse(read('config.yaml')) as {
  readonly version: string
  readonly image: string
  readonly arch: readonly string[]
}
const files = readdirSync(`${root}.github/workflows`)
const workflows = new Map(
  files.map((file) => [file, parse(read(`.github/workflows/${file}`)) as Workflow]),
)
const release = workflows.get('release.yaml')
assert.ok(release)

const stepsOf = (workflow: Workflow, job?: string): readonly Step[] =>
  Object.entries(workflow.jobs).flatMap(([name, { steps }]) =>
    job === undefined || job === name ? steps : [],
  )

describe('every workflow', () => {
  for (const [file, workflow] of workflows) {
    test(`${file} takes others' actions by commit, and no right that a job doesn't ask for`, () => {
      const used = stepsOf(workflow).flatMap(({ uses }) => uses ?? [])
      assert.deepEqual(
        used.filter((name) => !/@[0-9a-f]{40}$/.test(name)),
        [],
      )
      assert.deepEqual(workflow.permissions, { contents: 'read' })
    })
  }

  test("has a name that the Supervisor doesn't take for a build configuration of its own", () => {
    assert.deepEqual(
      files.filter((file) => /^(build|config|repository)\./.test(file)),
      [],
    )
  })
})

test('a change must pass what .ci/run runs', () => {
  const { jobs } = workflows.get('ci.yaml') ?? {}
  assert.ok(
    Object.values(jobs ?? {}).some(({ steps }) => steps.some(({ run }) => run === '.ci/run')),
  )
})

describe('a release', () => {
  test('makes an image for each architecture of config.yaml', () => {
    assert.deepEqual(JSON.parse(release.env?.ARCHITECTURES ?? '[]'), manifest.arch)
  })

  test('starts each image before it publishes it, and one name for both comes last', () => {
    const steps = stepsOf(release, 'image')
    const started = steps.findIndex(({ run }) => run?.includes('script/try-image'))
    const published = steps.findIndex((step) => step.with?.['push'] === 'true')
    const billed = steps.findIndex(({ run }) => run?.includes('cosign attest'))
    assert.ok(0 < started && started < published && published < billed)
    assert.deepEqual(release.jobs['manifest']?.needs, ['prepare', 'image'])
    assert.ok(
      steps.every((step) => step.with?.['cosign'] !== 'false'),
      'all is signed',
    )
  })

  const facts = (...words: readonly string[]) =>
    spawnSync(`${root}script/release-facts`, words, {
      cwd: root,
      encoding: 'utf8',
      timeout: 30_000,
    })

  test('has the image that config.yaml tells the Supervisor to pull, by its version', () => {
    const { stdout, stderr } = facts(`v${manifest.version}`)
    assert.equal(stderr, '')
    const [version, registry, image] = stdout.split('\n').map((line) => line.split('=')[1])
    assert.equal(`${registry}/${image}`, manifest.image)
    assert.equal(version, manifest.version)
  })

  test('has what the changelog says of this version as its notes', () => {
    const { stdout } = facts('--notes', `v${manifest.version}`)
    assert.match(stdout, /^- /m)
    assert.doesNotMatch(stdout, /^## /m)
  })

  for (const tag of [manifest.version, 'v0.0.9', 'main']) {
    test(`is refused for the tag ${tag}`, () => {
      const { status, stderr } = facts(tag)
      assert.equal(status, 1)
      assert.match(stderr, /but config\.yaml has version/)
    })
  }
})
