import { raceAbort } from '../abort/race-abort.ts'
import type { Sink } from '../contract.ts'

/**
 * One sink for several lanes: together they never write more at once than it prefers, first come first served. The code that
 * made the sink closes it.
 */
export function shareSink<R>(sink: Sink<R>): Sink<R> {
  let free = sink.prefers?.inFlight ?? 1
  const waiting: (() => void)[] = []

  function leave(): void {
    const next = waiting.shift()
    if (next) next()
    else free += 1
  }

  async function turn(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    waiting.push(resolve)
    try {
      await raceAbort(promise, signal)
    } catch (error) {
      const index = waiting.indexOf(resolve)
      // If this write is not in the list any more, its turn came at the same moment: pass the turn on.
      if (index === -1) leave()
      else waiting.splice(index, 1)
      throw error
    }
  }

  return {
    ...(sink.prefers && { prefers: sink.prefers }),
    ...(sink.changed && { changed: sink.changed.bind(sink) }),
    async write(records, signal) {
      signal.throwIfAborted()
      if (free > 0) free -= 1
      else await turn(signal)
      try {
        await sink.write(records, signal)
      } finally {
        leave()
      }
    },
  }
}
