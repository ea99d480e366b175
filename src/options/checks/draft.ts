/**
 * A draft holds what is sound of options that are partly wrong, so that the checks across options
 * can report all their problems at once with the others. What is missing there has been reported.
 */
import type { PortRange } from '../../model/settings/settings.ts'
import type { Endpoint } from '../../model/tunnel/endpoint.ts'
import type { Invitation } from '../../model/tunnel/invitation.ts'
import type { GivenLink, GivenWay } from '../../model/uplink.ts'
import type { PathKeys } from '../problem.ts'
import type { Options } from '../schema/options-schema.ts'

type DraftOf<T> = T extends PortRange | GivenWay | GivenLink | Endpoint | Invitation
  ? T
  : T extends readonly (infer Entry)[]
    ? readonly (DraftOf<Entry> | undefined)[]
    : T extends object
      ? { readonly [Key in keyof T]?: DraftOf<T[Key]> | undefined }
      : T

export type Draft = DraftOf<Options>

export type WanDraft = DraftOf<Options['wans'][number]>

export type TunnelDraft = DraftOf<Options['tunnels'][number]>

export type PolicyDraft = DraftOf<Options['policies'][number]>

/**
 * @param output what the schema made of the options; changed in place, it is nobody else's
 * @param unsound the paths of everything that was refused
 */
export function draftOf(output: unknown, unsound: readonly PathKeys[]): Draft {
  const root = { options: output }
  for (const path of unsound) remove(root, ['options', ...path])
  return (root.options ?? {}) as Draft
}

/** Whether an option is missing because it was refused, and not because it was left out. */
export function isRefused<T extends object>(draft: T, key: keyof T): boolean {
  return !(key in draft)
}

function remove(root: object, path: PathKeys): void {
  let parent: unknown = root
  for (const key of path.slice(0, -1)) {
    if (typeof parent !== 'object' || parent === null) return
    parent = Reflect.get(parent, key)
  }
  const last = path.at(-1)
  if (typeof parent !== 'object' || parent === null || last === undefined) return
  if (Array.isArray(parent)) Reflect.set(parent, last, undefined)
  else Reflect.deleteProperty(parent, last)
}
