import type { Clock } from '../clock.ts'

/** A secret, or how to get it: asked before each request. */
export type Secret = string | (() => string | Promise<string>)

export interface WatchedSecret {
  readonly read: Secret
  /** Missing where it cannot change. See `Source.changed`. */
  readonly changed?: (signal: AbortSignal) => Promise<void>
}

/** By asking, not by events of a file system: mounted secrets are links that are exchanged, and not every secret is a file. */
const everyMs = 2_000

/** Notices when a secret that was refused has been replaced. */
export function watchedSecret(secret: Secret, clock: Clock): WatchedSecret {
  if (typeof secret === 'string') return { read: secret }
  /** What the last request was made with; undefined where it could not be read. */
  let used: string | undefined
  return {
    async read() {
      try {
        used = await secret()
        return used
      } catch (error) {
        used = undefined
        throw error
      }
    },
    async changed(signal) {
      const refused = used
      for (;;) {
        await clock.sleep(everyMs, signal)
        try {
          if ((await secret()) !== refused) return
        } catch {
          // Whoever replaces a file may take it away first.
        }
      }
    },
  }
}
