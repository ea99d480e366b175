/**
 * Prints our nft table. What stands in users' kernels is compared with this text: another order or
 * another space replaces the table of every house. It must never decide what is in the table.
 */
import { nftTable } from '../../model/marks.ts'
import { elementFields } from './match-fields.ts'
import {
  type Condition,
  isLive,
  type NftChain,
  type NftObject,
  type NftRule,
  type NftSet,
  type NftTable,
  type QuotasUsed,
  type Target,
  type VerdictElement,
} from './nft-table.ts'

/**
 * Without `used` as it is compared. With it as it is applied: the kernel keeps what a quota of a
 * name that it knows has counted itself, whatever is said here.
 */
export function printTable({ objects, sets, chains }: NftTable, used?: QuotasUsed): string {
  return inTable([
    ...objects.map((object) => objectLine(object, used)),
    ...sets.map(setLine),
    ...chains.flatMap(chainLines),
  ])
}

/** The same without what is in the live sets. */
export function printFrame(table: NftTable): string {
  const sets = table.sets.map((set) => (isLive(set) ? { ...set, elements: [] } : set))
  return printTable({ ...table, sets })
}

/** Makes sets with their elements, and chains before them: a map leads to chains that are there. */
export function printAhead({ sets, chains }: Pick<NftTable, 'sets' | 'chains'>): string {
  return inTable([...chains.flatMap(chainLines), ...sets.map(setLine)])
}

/** The elements of a set or a map, as they are printed. */
export function elementsText(elements: readonly (string | VerdictElement)[]): string {
  return elements
    .map((one) => (typeof one === 'string' ? one : `${one.key} : ${verdict(one.target)}`))
    .join(', ')
}

function inTable(lines: readonly string[]): string {
  return [`table inet ${nftTable} {`, ...lines.map((line) => `  ${line}`), '}', ''].join('\n')
}

function objectLine(object: NftObject, used?: QuotasUsed): string {
  switch (object.kind) {
    case 'counter':
      return `counter ${object.name} { }`
    case 'quota': {
      const begin = used === undefined ? '' : ` used ${used.get(object.name) ?? 0} bytes`
      return `quota ${object.name} { over ${object.overBytes} bytes${begin} }`
    }
  }
}

function setLine(set: NftSet): string {
  const { kind, name } = set
  if (kind === 'map') {
    // A MAC is one of its own; addresses are ranges.
    const flags = set.keyType === 'ether_addr' ? '' : ' flags interval;'
    const type = `${typeText(set.keyType)} : verdict;${flags}`
    return `map ${name} { ${type} elements = { ${elementsText(set.elements)} }; }`
  }
  if (set.elements === null) {
    const { type, timeout, size } = set
    return `set ${name} { ${typeText(type)}; flags dynamic,timeout; timeout ${timeout}; size ${size}; }`
  }
  const elements = elementsText(set.elements)
  return `set ${name} { ${typeText(set.type)}; flags interval; elements = { ${elements} }; }`
}

/**
 * `nft` 1.0.6, as Debian 12 has it, crashes while it lists a set with one type by name that 1.1
 * made in its container. It reads the type of a field.
 */
function typeText(type: string): string {
  const fields: Readonly<Record<string, string>> = elementFields
  const field = fields[type]
  return field === undefined ? `type ${type}` : `typeof ${field}`
}

function chainLines({ name, hook, rules }: NftChain): string[] {
  const base = hook === null ? [] : [`  type ${hook}; policy accept;`]
  return [`chain ${name} {`, ...base, ...rules.map((rule) => `  ${ruleText(rule)}`), '}']
}

function ruleText(rule: NftRule): string {
  if (typeof rule === 'string') return rule
  switch (rule.kind) {
    case 'match':
      return [...rule.conditions.map(conditionText), verdict(rule.target)].join(' ')
    case 'map':
      return `${rule.field} vmap @${rule.map}`
  }
}

function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case 'is':
      return `${condition.field} ${condition.element}`
    case 'in':
      return `${condition.field} { ${elementsText(condition.elements)} }`
    case 'in_set':
      return `${condition.field} @${condition.set}`
    case 'words':
      return condition.words
  }
}

function verdict(target: Target): string {
  return target === null ? 'return' : `goto ${target}`
}
