/** See `Source.changed`. */
export type Changed = (signal: AbortSignal) => Promise<void>

/** Resolves once one of them does; undefined if none of what a source or sink uses can change. */
export function anyChange(...changes: readonly (Changed | undefined)[]): Changed | undefined {
  const [first, ...others] = changes.filter((one) => one !== undefined)
  if (!first || others.length === 0) return first
  return async (signal) => {
    const over = new AbortController()
    const until = AbortSignal.any([signal, over.signal])
    try {
      await Promise.race([first, ...others].map((changed) => changed(until)))
    } finally {
      over.abort()
    }
  }
}
