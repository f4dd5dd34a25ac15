import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { type LocalServer, localServer } from './local-server.ts'

export interface SocksProxyOptions {
  /** Asks for them (RFC 1929). */
  readonly credentials?: string
  /** Answers with this reply in place of connecting. */
  readonly refuseWith?: number
}

/** A proxy that speaks SOCKS 5 (RFC 1928), as far as a client with host names needs it. */
export function socksProxy(options: SocksProxyOptions = {}): Promise<LocalServer> {
  return localServer(createServer((client) => void serve(client, options).catch(() => client.destroy())))
}

async function serve(client: Socket, { credentials, refuseWith }: SocksProxyOptions): Promise<void> {
  const methods = (await next(client)).subarray(2)
  if (credentials === undefined) {
    client.write(Buffer.from([5, 0]))
  } else if (!methods.includes(2)) {
    client.end(Buffer.from([5, 0xff]))
    return
  } else {
    client.write(Buffer.from([5, 2]))
    const given = await next(client)
    const nameEnd = 2 + given.readUInt8(1)
    const shown = `${given.subarray(2, nameEnd)}:${given.subarray(nameEnd + 1)}`
    client.write(Buffer.from([1, shown === credentials ? 0 : 1]))
    if (shown !== credentials) return
  }
  const request = await next(client)
  if (refuseWith !== undefined) {
    client.end(Buffer.from([5, refuseWith, 0, 1, 0, 0, 0, 0, 0, 0]))
    return
  }
  const host = request.subarray(5, 5 + request.readUInt8(4)).toString()
  const target = connect(request.readUInt16BE(request.length - 2), host)
  client.on('close', () => target.destroy())
  target.on('error', () => client.destroy())
  await once(target, 'connect')
  client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]))
  client.pipe(target).pipe(client)
}

async function next(client: Socket): Promise<Buffer> {
  const [bytes] = (await once(client, 'data')) as [Buffer]
  return bytes
}
