import type { Clock } from '@asana-audit/core'
import type { S3Access, S3AccessReader } from './s3-access.ts'

/** A key for some time, of a role. */
export interface TemporaryAccess extends S3Access {
  readonly sessionToken: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** How long before it expires it is renewed. */
const beforeMs = 300_000
/** A store that refuses every key does not make us ask for one more often than this. */
const atMostEveryMs = 60_000

/** Keeps a temporary key until shortly before it expires. Requests that are made at the same time share one renewal. */
export function renewedAccess(get: () => Promise<TemporaryAccess>, clock: Clock): S3AccessReader {
  let held: TemporaryAccess | undefined
  let renewedAt = Number.NEGATIVE_INFINITY
  let renewing: Promise<TemporaryAccess> | undefined

  async function renew(): Promise<TemporaryAccess> {
    try {
      held = await get()
      renewedAt = clock.now()
      return held
    } catch (error) {
      // The key that we have may still be valid.
      if (held && held.expiresAt > clock.now()) return held
      throw error
    } finally {
      renewing = undefined
    }
  }

  function fresh(): Promise<TemporaryAccess> {
    renewing ??= renew()
    return renewing
  }

  const isGood = (): boolean => held !== undefined && held.expiresAt - beforeMs > clock.now()
  return Object.assign(() => (held && isGood() ? held : fresh()), {
    again: () => (held && clock.now() - renewedAt < atMostEveryMs ? Promise.resolve(held) : fresh()),
  })
}
