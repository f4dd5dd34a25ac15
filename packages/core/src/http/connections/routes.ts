import { Agent, buildConnector, type Dispatcher } from 'undici'
import { fault } from '../../fault.ts'
import type { HttpClientOptions } from '../http-client-options.ts'
import { noProxy } from '../proxy/no-proxy.ts'
import { checkedProxy, shownProxy } from '../proxy/proxy-address.ts'
import { http2ThroughProxy, type ProxyTls, throughProxy } from '../proxy/through-proxy.ts'
import { http2Dispatcher } from './http2-dispatcher.ts'
import { isLockedKey } from './locked-key.ts'
import { unfinishedConnections } from './unfinished-connections.ts'

/** The way to a target. */
export interface Route {
  readonly dispatcher: Dispatcher
  /** The address of the proxy on it, without credentials, and the setting it is from; undefined: none. */
  readonly proxy: string | undefined
  /** For an exchange by `used` that missed its deadline: the connection may be dead, so later exchanges get another one. */
  abandon(used: Dispatcher): void
}

export interface Routes {
  /**
   * `http2`: over HTTP/2 from the first byte, else over HTTP/1.1 or what TLS agrees on. Throws a fatal `tls` for a target with TLS if the
   * client key needs a passphrase.
   */
  to(target: URL, http2?: boolean): Route
  destroy(): Promise<void>
}

// Only the deadline of each exchange limits it; undici's own timers would end slow answers too early.
const untimed = { headersTimeout: 0, bodyTimeout: 0 }

/**
 * An exchange that missed its deadline leaves the connection that it waited for, because undici cannot end it. This long after its beginning
 * it ends by itself, so that a server that never finishes a TLS handshake does not cost more and more sockets.
 */
const connectMs = 120_000

/** Connections are made when they are needed. Throws `bad_proxy` for an invalid proxy address. */
export function routes({ ca, cert, key, serverName, proxy, insecure }: HttpClientOptions): Routes {
  const trust: buildConnector.BuildOptions = {
    timeout: connectMs,
    ...(ca !== undefined && { ca: typeof ca === 'string' ? ca : [...ca] }),
    ...(insecure && { rejectUnauthorized: false }),
  }
  const target: buildConnector.BuildOptions = {
    ...trust,
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(serverName !== undefined && { servername: serverName }),
  }
  const unfinished = unfinishedConnections()
  const tls = { proxy: trust, target, watched: unfinished.watched }
  const around = noProxy(proxy?.none ?? '')
  const [first, second] = [waysBy(http1(tls), proxy), waysBy(http2Only(tls), proxy)]
  return {
    to(url, http2) {
      if (url.protocol === 'https:' && key !== undefined && isLockedKey(key)) throw fault(lockedKey)
      const { direct, http, https } = http2 ? second : first
      return around.has(url) ? direct : url.protocol === 'https:' ? https : http
    },
    async destroy() {
      unfinished.end()
      const all = new Set([first, second].flatMap((ways): Way[] => Object.values(ways)))
      await Promise.all([...all].map((way) => way.destroy()))
    },
  }
}

const lockedKey = {
  fault: 'fatal',
  code: 'tls',
  message: 'The client key needs a passphrase. Name a key that is stored without one.',
} as const

/** Makes the dispatchers of one version of HTTP. */
interface Dispatchers {
  direct(): Dispatcher
  through(proxy: URL, scheme: 'http' | 'https'): Dispatcher
  /** Whether an exchange that is aborted leaves its connection open for others. */
  readonly isShared: boolean
}

function http1(tls: ProxyTls): Dispatchers {
  return {
    direct: () => new Agent({ ...untimed, connect: tls.watched(buildConnector(tls.target)) }),
    through: (proxy, scheme) => throughProxy(proxy, scheme, tls, untimed),
    isShared: false,
  }
}

function http2Only(tls: ProxyTls): Dispatchers {
  const connect = tls.watched(buildConnector({ ...tls.target, preferH2: true }))
  return {
    direct: () => http2Dispatcher(connect, untimed),
    through: (proxy) => http2ThroughProxy(proxy, tls, untimed),
    isShared: true,
  }
}

type Way = Route & Pick<Routes, 'destroy'>
interface Ways {
  readonly direct: Way
  readonly http: Way
  readonly https: Way
}

function waysBy({ direct: make, through, isShared }: Dispatchers, proxy: HttpClientOptions['proxy']): Ways {
  const direct = way(make, undefined, isShared)
  const by = (text: string | undefined, scheme: 'http' | 'https'): Way => {
    if (!text) return direct
    const address = checkedProxy(text)
    return way(() => through(address, scheme), shownProxy(address, proxy?.from?.[scheme]), isShared)
  }
  return { direct, http: by(proxy?.http, 'http'), https: by(proxy?.https, 'https') }
}

function way(make: () => Dispatcher, proxy: string | undefined, isShared: boolean): Way {
  let present = make()
  let isOver = false
  /** Each until its last exchange has ended. */
  const leaving = new Set<Dispatcher>()
  return {
    proxy,
    get dispatcher() {
      return present
    },
    abandon(used) {
      if (!isShared || isOver || used !== present) return
      present = make()
      leaving.add(used)
      void used.close().then(() => leaving.delete(used))
    },
    async destroy() {
      isOver = true
      await Promise.all([present, ...leaving].map((one) => one.destroy()))
    },
  }
}
