import { systemClock } from '../../clock.ts'
import { fault, isFault } from '../../fault.ts'
import type { Credentials, CredentialsReader, HttpClientOptions } from '../http-client-options.ts'
import { type Routes, routes } from './routes.ts'

/** Routes that are replaced when the credentials change. */
export interface RenewedRoutes {
  /**
   * Runs one exchange with the present credentials, and once more if a proxy refuses them and there are others. Old routes are destroyed
   * after the last exchange on them.
   */
  use<T>(exchange: (routes: Routes) => Promise<T>): Promise<T>
  /** Resolves once the credentials differ from the present ones. Undefined if they cannot change. */
  readonly changed?: (signal: AbortSignal) => Promise<void>
  destroy(): Promise<void>
}

interface Held {
  readonly credentials: Credentials
  readonly routes: Routes
  /** How many exchanges use them now. */
  running: number
}

/** How often `changed` looks. */
const everyMs = 2_000

/** Throws `bad_proxy` for an invalid proxy address; with changing credentials it rejects with that, or with `credentials_unavailable`. */
export function renewedRoutes(options: HttpClientOptions, warn: (message: string) => void): RenewedRoutes {
  const { credentials } = options
  if (!credentials) {
    const only = routes(options)
    return { use: (exchange) => exchange(only), destroy: () => only.destroy() }
  }
  const again: CredentialsReader = credentials.again ?? credentials
  let present: Held | undefined
  const open = new Set<Held>()

  async function exchangeOn<T>(held: Held, exchange: (routes: Routes) => Promise<T>): Promise<T> {
    held.running += 1
    try {
      return await exchange(held.routes)
    } finally {
      held.running -= 1
      await retire()
    }
  }

  async function retire(): Promise<void> {
    for (const held of open) {
      if (held === present || held.running > 0) continue
      open.delete(held)
      await held.routes.destroy()
    }
  }

  /** Nothing may be awaited between this and its use: only the present routes are sure to stay open. */
  function renewed(found: Credentials): Held {
    if (present && isSame(present.credentials, found)) return present
    present = { credentials: found, routes: routes({ ...options, ...found }), running: 0 }
    open.add(present)
    return present
  }

  return {
    async use(exchange) {
      const held = renewed(await asked(credentials, warn))
      try {
        return await exchangeOn(held, exchange)
      } catch (error) {
        if (!isFault(error) || error.code !== 'proxy_auth') throw error
        const other = renewed(await asked(again, warn))
        if (other === held) throw error
        return await exchangeOn(other, exchange)
      }
    },
    async changed(signal) {
      const refused = present
      for (;;) {
        await systemClock.sleep(everyMs, signal)
        try {
          if (renewed(await asked(again, warn)) !== refused) return
        } catch {
          // They may be incomplete for a moment.
        }
      }
    },
    async destroy() {
      await Promise.all([...open].map((held) => held.routes.destroy()))
      open.clear()
    },
  }
}

async function asked(read: CredentialsReader, warn: (message: string) => void): Promise<Credentials> {
  try {
    return await read(warn)
  } catch (error) {
    if (isFault(error)) throw error
    const message = 'The certificates or the proxy for a connection could not be read; the cause says why.'
    throw fault({ fault: 'temporary', code: 'credentials_unavailable', message, cause: error })
  }
}

/** By what they hold: a file may be written again with the same content. */
function isSame(one: Credentials, other: Credentials): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}
