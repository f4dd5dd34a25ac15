import type { Clock } from '../clock.ts'
import { anotherSecret, oldBecause, type Secret } from './secret.ts'

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
  /** The secrets of the last request; none if they could not be read. */
  let used: ReadonlySet<string> = new Set()
  const read = async (): Promise<string> => {
    used = new Set()
    const text = await secret()
    used = new Set([text])
    return text
  }
  const another = (refused: ReadonlySet<string>): Promise<string | undefined> => {
    used = new Set(refused)
    return anotherSecret(secret, refused)
  }
  return {
    read: Object.assign(read, { another, oldBecause: () => oldBecause(secret), origin: secret.origin }),
    async changed(signal) {
      const refused = used
      for (;;) {
        await clock.sleep(everyMs, signal)
        try {
          if ((await anotherSecret(secret, refused)) !== undefined) return
        } catch {
          // A file that is being replaced may be missing for a moment.
        }
      }
    },
  }
}
