/** A house that asks the hello, as bytes: the client's half, for tests. */

import { type HelloKey, hmac } from '../../../src/kernel/tunnels/hello-key.ts'
import {
  proofInput,
  withProof,
  writeProvenQuestion,
} from '../../../src/model/tunnel/hello-proof.ts'

export function provenQuestion(hello: HelloKey, askedAtMs: number, token = 1): Uint8Array {
  const question = writeProvenQuestion({ house: hello.house, askedAtMs, token })
  return withProof(question, hmac(hello.key, proofInput(question)))
}
