import type { Clock } from '../clock.ts'

/** A secret, or a function that returns it, called before each request. */
export type Secret = string | (() => string | Promise<string>)

export interface WatchedSecret {
  readonly read: Secret
  /** Undefined if the secret cannot change. See `Source.changed`. */
  readonly changed?: (signal: AbortSignal) => Promise<void>
}

/** Polls instead of watching files: mounted secrets are links that get replaced, and not every secret is a file. */
const everyMs = 2_000

/** Notices when a secret that was refused has been replaced. */
export function watchedSecret(secret: Secret, clock: Clock): WatchedSecret {
  if (typeof secret === 'string') return { read: secret }
  /** The secret of the last request; undefined if it could not be read. */
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
          // A file that is being replaced may be missing for a moment.
        }
      }
    },
  }
}
