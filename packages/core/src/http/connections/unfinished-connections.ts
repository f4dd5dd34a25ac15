import { Socket } from 'node:net'
import type { buildConnector } from 'undici'

/**
 * Connections that are not made yet. undici does not end them when it is closed. A server may accept a connection and never answer the
 * TLS handshake: then the process would not end.
 */
export interface UnfinishedConnections {
  /** The same connector, whose connections end with `end` until they are made. */
  watched(connect: buildConnector.connector): buildConnector.connector
  /** Ends all of them, and those that begin later. */
  end(): void
}

export function unfinishedConnections(): UnfinishedConnections {
  const sockets = new Set<Socket>()
  let isOver = false
  return {
    watched: (connect) => (to, callback) => {
      // The type does not say that undici's connectors return the socket.
      const socket: unknown = connect(to, (...result) => {
        if (socket instanceof Socket) sockets.delete(socket)
        callback(...result)
      })
      if (!(socket instanceof Socket)) return
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      if (isOver) socket.destroy()
    },
    end() {
      isOver = true
      for (const socket of sockets) socket.destroy()
    },
  }
}
