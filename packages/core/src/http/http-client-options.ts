export interface HttpClientOptions {
  /** PEM certificates to trust instead of Node's own list. */
  readonly ca?: string | readonly string[] | undefined
  /** PEM client certificate and its key, for servers that ask for one. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
  /** The name the server's certificate must be made out to, where that is not the host of the URL. */
  readonly serverName?: string | undefined
  /**
   * Proxy addresses by the scheme of the target, and the hosts and networks to reach directly (the `NO_PROXY` form, see `noProxy`).
   * One without a scheme is http; what is no address is refused at once (`bad_proxy`).
   */
  readonly proxy?:
    | { http?: string | undefined; https?: string | undefined; none?: string | undefined }
    | undefined
  /** Accepts any certificate. For a test stack only; callers must say so loudly. */
  readonly insecure?: boolean | undefined
}
