import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Fact } from '@asana-audit/core'

/** Reading this many events leaves so much garbage that a collection is worth its 30 ms. */
const enoughEvents = 10_000

/**
 * Collects garbage when everything is delivered: once, and again after each further `enoughEvents`. V8 collects when something is
 * allocated, and a pipeline that waits allocates next to nothing: what a backlog has left behind would stay for days, some 15 MB. The
 * first collection is also for the garbage of the start.
 *
 * Make one for all pipelines and lanes of a process. It waits for a second empty answer with nothing read since the first, so that it does not
 * disturb a lane that is still at work.
 */
export function collectWhenIdle(collect: () => void = collectGarbage): (fact: Fact) => void {
  let sinceCollection = enoughEvents
  let sinceIdle = 1
  return (fact) => {
    if (fact.type === 'page_read') {
      sinceCollection += fact.events
      sinceIdle += fact.events
    }
    if (fact.type !== 'idle') return
    if (sinceIdle === 0 && sinceCollection >= enoughEvents) {
      sinceCollection = 0
      collect()
    }
    sinceIdle = 0
  }
}

/**
 * V8 hands its collector out only to contexts that are made after this flag was set. The flavor `last-resort` also gives back the space of
 * the youngest objects, some 3 MB.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collector = runInNewContext('gc') as (options: object) => void
  setFlagsFromString('--no-expose-gc')
  collector({ type: 'major', flavor: 'last-resort', execution: 'sync' })
}
