import { type Answer, ok, refused } from './stand-in-answer.ts'
import { selfInfo } from './supervisor-answers.ts'
import { validated, withDefaults } from './supervisor-options.ts'

type Values = Readonly<Record<string, unknown>>

/**
 * The add-on as the Supervisor keeps it, and what it answers to `/addons/self/…` (its `api/apps.py`).
 * Options are checked by config.yaml, and merged with the manifest's where they are handed out.
 */
export class StandInAddon {
  /** As the user has saved them last, without the manifest's. */
  options: Values = {}
  watchdog = false

  /** What stands in the add-on's /data/options.json from its start on. */
  get handedOver(): Values {
    const result = validated(withDefaults(this.options))
    if (result.kind === 'invalid') throw new Error(`it would not start: ${result.message}`)
    return result.options
  }

  answer(question: string, body: string): Answer {
    switch (question) {
      case 'GET /addons/self/info': {
        const { watchdog } = this
        return ok({ ...selfInfo, watchdog, options: withDefaults(this.options) })
      }
      case 'POST /addons/self/options/validate': {
        const given = JSON.parse(body)
        const isEmpty = Object.keys(given).length === 0
        const result = validated(isEmpty ? withDefaults(this.options) : given)
        const message = result.kind === 'valid' ? '' : result.message
        return ok({ message, valid: result.kind === 'valid', pwned: false })
      }
      case 'POST /addons/self/options':
        return this.#change(JSON.parse(body))
      case 'GET /addons/self/options/config': {
        const result = validated(withDefaults(this.options))
        if (result.kind === 'valid') return ok(result.options)
        return refused(400, 'Invalid configuration data for the app')
      }
      case 'POST /addons/self/restart':
        return ok({})
      default:
        return { status: 404, body: '404: Not Found' }
    }
  }

  /** What the body names, and nothing else; it names nothing that isn't known. */
  #change(body: Values): Answer {
    const stranger = Object.keys(body).find((key) => !changeable.includes(key))
    if (stranger !== undefined) {
      return refused(400, `extra keys not allowed @ data['${stranger}']`)
    }
    const { options, watchdog } = body
    if (options !== undefined) {
      const result = options === null ? null : validated(options)
      if (result?.kind === 'invalid') {
        return refused(400, `App ${selfInfo.slug} has invalid options: ${result.message}`)
      }
      this.options = result?.options ?? {}
    }
    if (watchdog !== undefined) this.watchdog = watchdog === true
    return ok({})
  }
}

const changeable = ['boot', 'network', 'auto_update', 'ingress_panel', 'watchdog', 'options']
