/** What is known of our accepts among Docker's rules: when two are the same, what a change does. */
import { familyWord } from '../../model/address.ts'
import type { DockerAccept, HostState } from '../../model/host.ts'
import type { Change, ChangeOf, OperationsOf } from '../diff/change.ts'
import type { DesiredState } from '../wanted.ts'
import { acceptKey, dockerChain } from './desired-accepts.ts'

type Addition = ChangeOf<'add_accept'>
type Deletion = ChangeOf<'delete_accept'>

/** Of the same one twice, as two programs at once may leave it, one goes. */
export function acceptChanges(desired: DesiredState, host: HostState): readonly Change[] {
  const missing = new Map(desired.accepts.map((accept) => [acceptKey(accept), accept]))
  const surplus: DockerAccept[] = []
  for (const accept of host.docker?.accepts ?? []) {
    if (!missing.delete(acceptKey(accept))) surplus.push(accept)
  }
  return [...[...missing.values()].map(addition), ...surplus.map(deletion)]
}

export function acceptKeys({ accepts }: DesiredState): string[] {
  return accepts.map(acceptKey)
}

const everyAccept = {
  subject: "Docker's chains",
  key: ({ accept }: Addition | Deletion) => acceptKey(accept),
  place: ({ accept }: Addition | Deletion) => acceptKey(accept),
  describe({ accept: { family, words } }: Addition | Deletion) {
    return `${familyWord(family)}rule in ${dockerChain}: ${words}`
  },
  carriesDecision: () => false,
}

export const acceptOperations: OperationsOf<'add_accept' | 'delete_accept'> = {
  add_accept: {
    ...everyAccept,
    doing: 'adding',
    inverse: ({ accept }) => deletion(accept),
  },
  delete_accept: {
    ...everyAccept,
    doing: 'deleting',
    inverse: ({ accept }) => addition(accept),
  },
}

function addition(accept: DockerAccept): Addition {
  return { kind: 'add_accept', accept }
}

function deletion(accept: DockerAccept): Deletion {
  return { kind: 'delete_accept', accept }
}
