import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/**
 * Below what Linux and macOS give to a server on port 0 and to outgoing connections (from 32,768 and 49,152), so that none of these takes one
 * by chance.
 */
const firstPort = 20_000
const ports = 6_000

/**
 * A port of loopback for a program that must be told its port and is started a moment later, or ended and started again. Until this process
 * ends, no other caller on this machine gets it: the claim is a server on the port 6,000 above it, which the system closes with the process.
 */
export async function claimPort(first = randomInt(ports)): Promise<number> {
  for (let step = 0; step < ports; step += 1) {
    const port = firstPort + ((first + step) % ports)
    const claim = await listening(port + ports)
    if (!claim) continue
    const trial = await listening(port)
    if (trial) {
      trial.close()
      await once(trial, 'close')
      return port
    }
    claim.close()
  }
  throw new Error(`No port from ${firstPort} to ${firstPort + ports - 1} is free.`)
}

/** A server that does not keep the process running. Undefined if the port is in use. */
async function listening(port: number): Promise<Server | undefined> {
  const server = createServer().unref()
  server.listen({ port, host: '127.0.0.1', exclusive: true })
  try {
    await once(server, 'listening')
    return server
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return undefined
  }
}
