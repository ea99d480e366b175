/**
 * Text to plain values. YAML 1.2, so JSON too. Never throws, and never quotes the text in what it
 * reports: the line at fault may be the one with the password.
 */
import {
  type Document,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml'
import { formatPath, type PathKeys, type Problem } from './problem.ts'

export type ReadYaml =
  | { readonly kind: 'ok'; readonly value: unknown }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }

/**
 * An options file of a large house has 10 kB, one with 5,000 devices 100 kB. A text made to be slow
 * costs the parser several seconds a megabyte, and the start waits for it.
 */
export const maxOptionsBytes = 200_000

/** Where a text can't be read, the first errors say why; those after them are echoes. */
const maxSyntaxProblems = 5

/** For a caller who knows the size of a file and hasn't read it yet. */
export function sizeProblem(bytes: number): Problem | null {
  if (bytes <= maxOptionsBytes) return null
  return { path: 'options', found: `${bytes} bytes`, expected: `at most ${maxOptionsBytes} bytes` }
}

export function readYaml(text: string): ReadYaml {
  const tooLarge = sizeProblem(text.length)
  if (tooLarge !== null) return { kind: 'invalid', problems: [tooLarge] }
  try {
    return readDocument(text)
  } catch (error) {
    const problem = { path: 'options', found: resourceFault(error), expected: 'plain YAML or JSON' }
    return { kind: 'invalid', problems: [problem] }
  }
}

function readDocument(text: string): ReadYaml {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.2',
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    // The parser compares each key with each other, which takes seconds for 200 kB of keys.
    uniqueKeys: false,
    // When silent, it takes the first of several documents and drops the others without a word.
    logLevel: 'error',
  })
  // A warning is a tag nobody knows, like `!secret`: its value would be lost without a word.
  const faults = [...document.errors, ...document.warnings]
  const problems = faults.length > 0 ? syntaxProblems(faults, lines) : keyProblems(document, lines)
  if (problems.length > 0) return { kind: 'invalid', problems }
  return { kind: 'ok', value: document.toJS({ maxAliasCount: 100 }) }
}

/** The first of each line. */
function syntaxProblems(faults: readonly YAMLError[], lines: LineCounter): Problem[] {
  const byLine = new Map<number, Problem>()
  for (const fault of faults) {
    const { line } = lines.linePos(fault.pos[0])
    if (byLine.has(line)) continue
    byLine.set(line, { path: place(lines, fault.pos[0]), ...describeFault(fault) })
  }
  return [...byLine.values()].slice(0, maxSyntaxProblems)
}

function describeFault({ code, message }: YAMLError): Omit<Problem, 'path'> {
  const expected = 'valid YAML or JSON'
  switch (code) {
    case 'MULTIPLE_DOCS':
      return {
        found: 'the start of a second document (---)',
        expected: 'all options in one document',
      }
    case 'RESOURCE_EXHAUSTION':
      return { found: 'nesting without end', expected }
    default:
      return { found: withoutQuotation(message), expected }
  }
}

function keyProblems(document: Document, lines: LineCounter): Problem[] {
  const problems: Problem[] = []
  visit(document, {
    Map(_, map, ancestors) {
      problems.push(...keyProblemsOf(map, keysOf([...ancestors, map]), lines))
    },
  })
  return problems
}

/** What leads to the last of these nodes, each of which is in the one before it. */
function keysOf(nodes: readonly unknown[]): PathKeys {
  return nodes.flatMap((node, i): PathKeys => {
    if (isPair(node)) return isScalar(node.key) ? [String(node.key.value)] : []
    return isSeq(node) ? [node.items.indexOf(nodes[i + 1])] : []
  })
}

function keyProblemsOf(map: YAMLMap, keys: PathKeys, lines: LineCounter): Problem[] {
  const seen = new Set<string>()
  const problems: Problem[] = []
  for (const { key } of map.items) {
    if (!isScalar(key)) continue
    const name = String(key.value)
    const path = place(lines, key.range?.[0] ?? 0)
    const shown = formatPath([...keys, name])
    if (seen.has(name)) problems.push({ path, found: `${shown} again`, expected: 'each key once' })
    else if (isInherited(name)) {
      problems.push({ path, found: `${shown}, an unknown option`, expected: 'a known one' })
    }
    seen.add(name)
  }
  return problems
}

/** Keys that every JavaScript object seems to have, and that a schema would let pass unseen. */
function isInherited(key: string): boolean {
  return key in Object.prototype || key === 'prototype'
}

function resourceFault(error: unknown): string {
  if (error instanceof RangeError) return 'nesting without end'
  const message = error instanceof Error ? error.message : ''
  return message.startsWith('Unresolved alias')
    ? 'an alias (*) without its anchor (&)'
    : 'aliases (*) that multiply'
}

function place(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset)
  return `line ${line}, column ${col}`
}

/** The parser puts what it quotes behind a colon. */
function withoutQuotation(message: string): string {
  const said = message.split(':')[0] ?? message
  return said.charAt(0).toLowerCase() + said.slice(1)
}
