import type { Server } from 'node:http'
import type { Socket } from 'node:net'

export interface ConnectionLimits {
  /** Most connections at once: more than any scraper needs, and few enough to leave open files for the pipelines. */
  readonly most: number
  /** The longest time of a connection, from the first byte to the last, both ways, in milliseconds. */
  readonly longestMs: number
}

/**
 * Limits what slow clients can hold: those that send slowly, never read their answer or stay silent. Each connection ends after a fixed time.
 * If there are too many, a new one ends the oldest one: a probe takes milliseconds, so it always gets its answer.
 */
export function limitConnections(server: Server, { most, longestMs }: ConnectionLimits): void {
  const open = new Set<Socket>()
  server.on('connection', (socket) => {
    const [oldest] = open
    if (open.size >= most && oldest) {
      open.delete(oldest)
      oldest.destroy()
    }
    open.add(socket)
    const end = setTimeout(() => socket.destroy(), longestMs)
    socket.once('close', () => {
      clearTimeout(end)
      open.delete(socket)
    })
  })
}
