import { Agent, type buildConnector, type Dispatcher, type Pool } from 'undici'

/** The server takes no HTTP/2. `connectionFault` turns it into a fault. */
export class NoHttp2 extends Error {}

/**
 * Speaks HTTP/2 from the first byte, as gRPC needs: agreed by ALPN within TLS, known beforehand without TLS (RFC 9113, section 3). Requests
 * share a connection. Pings are off: servers of gRPC end connections for them (`too_many_pings`), and an idle one is closed after seconds.
 */
export function http2Dispatcher(connect: buildConnector.connector, timers: Pool.Options): Dispatcher {
  const h2Options = { pingInterval: 0 }
  return new Agent({ ...timers, connect: onlyHttp2(connect), useH2c: true, h2Options } as Agent.Options)
}

/** For a connector of which it is known that HTTP/2 is spoken there: undici takes the version from the socket. */
export function taggedHttp2(connect: buildConnector.connector): buildConnector.connector {
  return (to, callback) =>
    connect(to, (...[error, socket]) => {
      if (error) callback(error, null)
      else callback(null, Object.assign(socket, { alpnProtocol: 'h2' }))
    })
}

/** undici would speak HTTP/1 with a server that does not agree to HTTP/2. */
function onlyHttp2(connect: buildConnector.connector): buildConnector.connector {
  return (to, callback) => {
    if (to.protocol !== 'https:') return taggedHttp2(connect)(to, callback)
    connect(to, (...[error, socket]) => {
      if (error) return callback(error, null)
      if ('alpnProtocol' in socket && socket.alpnProtocol === 'h2') return callback(null, socket)
      socket.destroy()
      callback(new NoHttp2(), null)
    })
  }
}
