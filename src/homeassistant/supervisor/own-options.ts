/**
 * This add-on's own options in the Supervisor's hands, by paths that an add-on of role `default` may
 * use for itself. The Supervisor checks what is written by config.yaml, and drops what that doesn't
 * name. It hands them over when the add-on starts, and then only.
 */
import * as v from 'valibot'
import { type Answer, dataOf, messageOf, type NoAnswer, refusal } from './answers.ts'
import type { Question, SupervisorApi } from './supervisor-api.ts'

type Options = Readonly<Record<string, unknown>>

export type Validated =
  | { readonly kind: 'valid' }
  /** `reason`: its own words. */
  | { readonly kind: 'invalid'; readonly reason: string }

export class OwnOptions {
  readonly #api: SupervisorApi

  constructor(api: SupervisorApi) {
    this.#api = api
  }

  /** As the user has them, with the manifest's defaults where the user has none. */
  async read(): Promise<Answer<Options>> {
    const answer = await this.#ask({ method: 'GET', path: '/addons/self/info' }, infoShape)
    return answer.kind === 'ok' ? { kind: 'ok', value: answer.value.options } : answer
  }

  /** Changes nothing. */
  async validate(options: Options): Promise<Answer<Validated>> {
    const path = '/addons/self/options/validate'
    const answer = await this.#ask({ method: 'POST', path, body: options }, validationShape)
    if (answer.kind !== 'ok') return answer
    const { valid, message } = answer.value
    if (valid) return { kind: 'ok', value: { kind: 'valid' } }
    return { kind: 'ok', value: { kind: 'invalid', reason: withoutGiven(message) } }
  }

  /** In place of all that stood there. */
  write(options: Options): Promise<Answer<unknown>> {
    const question = { method: 'POST', path: '/addons/self/options', body: { options } } as const
    return this.#ask(question, v.unknown())
  }

  /** As the add-on would get them now: checked, and with Home Assistant's secrets filled in. */
  handedOver(): Promise<Answer<Options>> {
    return this.#ask({ method: 'GET', path: '/addons/self/options/config' }, optionsShape)
  }

  /** It ends this process. */
  restart(): Promise<Answer<unknown>> {
    return this.#ask({ method: 'POST', path: '/addons/self/restart' }, v.unknown())
  }

  async #ask<Value>(
    question: Question,
    shape: v.GenericSchema<unknown, Value>,
  ): Promise<Answer<Value>> {
    const { path } = question
    const reply = await this.#api.ask(question)
    switch (reply.kind) {
      case 'replied':
        if (reply.status === 200) return dataOf(reply.body, path, shape)
        return reply.status === 400 ? refusedBecause(reply.body) : refusal(reply, path)
      case 'unreachable':
        return { kind: 'unreachable', reason: reply.reason }
      case 'too_large':
        return { kind: 'invalid', reason: reply.reason }
    }
  }
}

/** What is wrong with what was sent. */
function refusedBecause(body: string): NoAnswer {
  const reason = withoutGiven(messageOf(body) ?? 'no reason')
  return { kind: 'invalid', reason: `the Supervisor refuses: ${reason}` }
}

/** It ends by showing all options that it was given, passwords too. */
function withoutGiven(message: string): string {
  return message.replace(/\. Got \{.*$/s, '')
}

const optionsShape = v.record(v.string(), v.unknown())
const infoShape = v.object({ options: optionsShape })
const validationShape = v.object({ valid: v.boolean(), message: v.optional(v.string(), '') })
