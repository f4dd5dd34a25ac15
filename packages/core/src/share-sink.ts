import type { Sink } from './contract.ts'

/**
 * The same destination for several lanes: together they keep to the writes at once it prefers, first come first served. Whoever
 * made the sink closes it.
 */
export function shareSink<R>(sink: Sink<R>): Sink<R> {
  let free = sink.prefers?.inFlight ?? 1
  const waiting: (() => void)[] = []
  return {
    ...(sink.prefers && { prefers: sink.prefers }),
    async write(records, signal) {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        signal.throwIfAborted()
        await sink.write(records, signal)
      } finally {
        const next = waiting.shift()
        if (next) next()
        else free += 1
      }
    },
  }
}
