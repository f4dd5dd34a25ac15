/** Something went wrong between us and a proxy, before anything reached the target. For `connectionFault`, which says what. */
export class ProxyError extends Error {
  /** What the proxy answered to the request for a tunnel, where it answered one. */
  readonly status: number | undefined

  constructor({ status, cause }: { status?: number; cause?: unknown }) {
    super('The proxy failed.', { cause })
    this.status = status
  }
}
