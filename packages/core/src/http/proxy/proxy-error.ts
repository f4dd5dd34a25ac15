/** A failure between us and a proxy, before anything reached the target. `connectionFault` turns it into a fault. */
export class ProxyError extends Error {
  /** The status of the proxy's answer to the request for a tunnel, if it answered. */
  readonly status: number | undefined

  constructor({ status, cause }: { status?: number; cause?: unknown }) {
    super('The proxy failed.', { cause })
    this.status = status
  }
}
