/** Loaded into the daemon beside its own modules: writes down each second what it holds. */
import { EventEmitter, getEventListeners } from 'node:events'
import { readdirSync, renameSync, writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

export interface Holdings {
  readonly heapUsed: number
  /** Its open descriptors, of files and sockets alike. */
  readonly files: number
  /** What keeps Node's event loop alive: sockets, timers, child processes. */
  readonly handles: number
  /** The most that one event of one object has had so far. */
  readonly listeners: number
  /** Of a hundred looks each second since the start, 99 of a hundred came no later than this. */
  readonly delayMs: number
}

const path = process.env['HOLDINGS_REPORT']
if (path !== undefined) {
  const mostListeners = watchListeners()
  const resolution = 10
  const delay = monitorEventLoopDelay({ resolution })
  delay.enable()
  const report = () => {
    const holdings: Holdings = {
      heapUsed: process.memoryUsage().heapUsed,
      files: readdirSync('/proc/self/fd').length,
      handles: process.getActiveResourcesInfo().length,
      listeners: mostListeners(),
      // What it gives is the time from look to look.
      delayMs: Math.max(0, delay.percentile(99) / 1e6 - resolution),
    }
    // Renamed, so that nobody reads a half of it.
    writeFileSync(`${path}.new`, JSON.stringify(holdings))
    renameSync(`${path}.new`, path)
  }
  setInterval(report, 1_000).unref()
}

/** Counts where one is added, which a leak does again and again on the same object. */
function watchListeners(): () => number {
  let most = 0
  const { addListener } = EventEmitter.prototype
  const addCounted: typeof addListener = function (this: EventEmitter, name, listener) {
    addListener.call(this, name, listener)
    most = Math.max(most, this.listenerCount(name))
    return this
  }
  EventEmitter.prototype.addListener = addCounted
  EventEmitter.prototype.on = addCounted
  const { addEventListener } = EventTarget.prototype
  EventTarget.prototype.addEventListener = function (this: EventTarget, type, ...rest) {
    addEventListener.call(this, type, ...rest)
    most = Math.max(most, getEventListeners(this, type).length)
  }
  return () => most
}
