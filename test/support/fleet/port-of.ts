import type { AddressInfo, Server } from 'node:net'

/** The port that a server got. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}
