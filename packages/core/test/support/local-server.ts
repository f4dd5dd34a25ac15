import { once } from 'node:events'
import type { Server as HttpServer } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'

export interface LocalServer extends AsyncDisposable {
  /** `localhost:port`: the certificates are for that name. */
  readonly host: string
  /** How many connections it has taken so far. */
  readonly connections: number
}

/** Lets a server listen on a free port of this machine, and ends it with every connection it ever took. */
export async function localServer(server: Server | HttpServer | HttpsServer): Promise<LocalServer> {
  const sockets = new Set<Socket>()
  let connections = 0
  server.on('connection', (socket: Socket) => {
    connections += 1
    sockets.add(socket)
    // Clients that go away in the middle are what these tests are about.
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
