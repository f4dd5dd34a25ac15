import type { Socket } from 'node:net'
import { buildConnector, type Dispatcher, Pool, ProxyAgent, Socks5ProxyAgent } from 'undici'
import { http2Dispatcher, taggedHttp2 } from '../connections/http2-dispatcher.ts'
import type { UnfinishedConnections } from '../connections/unfinished-connections.ts'
import { ProxyError } from './proxy-error.ts'

type ConnectOptions = buildConnector.BuildOptions

export interface ProxyTls {
  /** For the connection to the proxy. */
  readonly proxy: ConnectOptions
  /** For the connection to the target within a tunnel. */
  readonly target: ConnectOptions
  /** See `UnfinishedConnections`. */
  readonly watched: UnfinishedConnections['watched']
}

/**
 * Reaches targets of one scheme through a proxy: http by requests in absolute form, https by a tunnel, both by a tunnel where the proxy
 * speaks SOCKS 5. A failure before the target is reached rejects with a `ProxyError`.
 */
export function throughProxy(
  proxy: URL,
  scheme: 'http' | 'https',
  tls: ProxyTls,
  timers: Pool.Options,
): Dispatcher {
  const connect = connectorTo(tls)
  if (proxy.protocol.startsWith('socks')) {
    return new Socks5ProxyAgent(proxy, { ...timers, connect, requestTls: tls.target })
  }
  if (scheme === 'http') return forwarding(proxy, new Pool(proxy.origin, { ...timers, connect }))
  return new ProxyAgent({
    ...timers,
    uri: proxy.href,
    requestTls: tls.target,
    clientFactory: (origin) => tunnelling(new Pool(origin, { ...timers, connect })),
  })
}

/** The same with HTTP/2 to the target, always by a tunnel: a proxy that forwards requests speaks HTTP/1. */
export function http2ThroughProxy(proxy: URL, tls: ProxyTls, timers: Pool.Options): Dispatcher {
  const connect = connectorTo(tls)
  if (proxy.protocol.startsWith('socks')) {
    const requestTls = { ...tls.target, ALPNProtocols: ['h2'] }
    return new Socks5ProxyAgent(proxy, { ...timers, connect: taggedHttp2(connect), requestTls })
  }
  return http2Dispatcher(tunnelConnector(proxy, connect, tls.target), timers)
}

/** Connects to the target within a tunnel (RFC 9110, section 9.3.6). */
function tunnelConnector(
  proxy: URL,
  connect: buildConnector.connector,
  target: ConnectOptions,
): buildConnector.connector {
  const secure = buildConnector({ ...target, preferH2: true })
  async function tunnel(host: string): Promise<Socket> {
    const pool = tunnelling(new Pool(proxy.origin, { connect }))
    try {
      const headers = { host, ...basicCredentials(proxy) }
      return (await pool.connect({ path: host, headers })).socket as Socket
    } finally {
      // The socket of a tunnel is not the pool's any more.
      await pool.destroy()
    }
  }
  return (to, callback) => {
    const isTls = to.protocol === 'https:'
    tunnel(to.port ? `${to.host}` : `${to.host}:${isTls ? 443 : 80}`).then(
      (httpSocket) => (isTls ? secure({ ...to, httpSocket }, callback) : callback(null, httpSocket)),
      (error: Error) => callback(error, null),
    )
  }
}

/** Connects to the proxy; its errors are `ProxyError`s. */
function connectorTo({ proxy, watched }: ProxyTls): buildConnector.connector {
  const connect = watched(buildConnector({ ...proxy, allowH2: false }))
  // A forwarded request brings the target's server name, but the proxy has its own certificate.
  return ({ servername: _, ...to }, callback) =>
    connect(to, (...[error, socket]) =>
      error ? callback(new ProxyError({ cause: error }), null) : callback(null, socket),
    )
}

/** RFC 9112, section 3.2.2. */
function forwarding(proxy: URL, pool: Pool): Dispatcher {
  const credentials = basicCredentials(proxy)
  return pool.compose((dispatch) => (options, handler) => {
    const { host } = new URL(String(options.origin))
    const headers = { host, ...credentials, ...(options.headers as Record<string, string>) }
    return dispatch({ ...options, path: `${options.origin}${options.path}`, headers }, handler)
  })
}

function basicCredentials({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {}
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(text).toString('base64')}` }
}

/** undici's agent reports only that a tunnel was refused, and hides why the connection failed. */
function tunnelling(pool: Pool): Pool {
  const connect = pool.connect.bind(pool) as (
    options: Dispatcher.ConnectOptions,
  ) => Promise<Dispatcher.ConnectData>
  async function connectThrough(options: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> {
    const answer = await connect(options).catch((cause: unknown) => {
      throw cause instanceof ProxyError ? cause : new ProxyError({ cause })
    })
    if (answer.statusCode === 200) return answer
    answer.socket.on('error', () => {}).destroy()
    throw new ProxyError({ status: answer.statusCode })
  }
  return Object.assign(pool, { connect: connectThrough })
}
