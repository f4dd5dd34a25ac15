import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { claimPort } from '../../../scripts/ports/claim-port.ts'

export interface Tls {
  readonly cert: string
  readonly key: string
}

/** A server on a free port of this machine for one test. Gives its origin. */
export async function listen(listener: RequestListener, tls?: Tls): Promise<string> {
  const server: Server = tls ? createTlsServer(tls, listener) : createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`
}

/** The origin of a port that nothing listens on, and that no other test gets. */
export async function closedPort(): Promise<string> {
  return `http://127.0.0.1:${await claimPort()}`
}
