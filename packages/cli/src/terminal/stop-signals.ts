import { releaseStops } from './early-signals.ts'
import { exitCode } from './exit-code.ts'

/** The first SIGINT or SIGTERM aborts it. The second ends the process at once, which is always safe. */
export function stopSignals(onStop: (signal: NodeJS.Signals) => void): AbortSignal {
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(exitCode.interrupted)
      onStop(name)
      stop.abort()
    })
  }
  releaseStops()
  return stop.signal
}
