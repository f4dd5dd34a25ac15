import { exitCode } from './exit-code.ts'

/** Aborted by the first SIGINT or SIGTERM; the second leaves at once, which is safe at any moment. */
export function stopSignals(onStop: (signal: NodeJS.Signals) => void): AbortSignal {
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(exitCode.interrupted)
      onStop(name)
      stop.abort()
    })
  }
  return stop.signal
}
