/** What may change while a client is in use. */
export type Credentials = Pick<HttpClientOptions, 'ca' | 'cert' | 'key' | 'proxy'>

/** Calls `warn` if it has to return earlier ones, because the new ones cannot be used. */
export interface CredentialsReader {
  (warn: (message: string) => void): Credentials | Promise<Credentials>
  /**
   * Looks for others at once: a proxy has refused those of the last call, or a pause lasts. What it returns is what the function itself
   * returns from then on. Left out: the function is called once more.
   */
  readonly again?: ((warn: (message: string) => void) => Promise<Credentials>) | undefined
}

export interface ProxyOptions extends ByScheme {
  readonly none?: string | undefined
  readonly from?: ByScheme | undefined
}

interface ByScheme {
  readonly http?: string | undefined
  readonly https?: string | undefined
}

export interface HttpClientOptions {
  /**
   * PEM certificates to trust, one text or a list, instead of Node's own. They apply to targets and to a proxy.
   * @default Node's list
   */
  readonly ca?: string | readonly string[] | undefined
  /** PEM client certificate, for servers that ask for one. */
  readonly cert?: string | undefined
  /** PEM key of `cert`, without a passphrase. */
  readonly key?: string | undefined
  /**
   * A function that returns `ca`, `cert`, `key` and `proxy`, in the place of these options. Called before each request.
   *
   * When it returns others, new connections are made with them, and requests that are under way finish on the old ones.
   * If a proxy refuses its password, it is asked once more at once (`again`).
   * @default none
   */
  readonly credentials?: CredentialsReader | undefined
  /**
   * The name the server's certificate must have.
   * @default the host of the URL
   */
  readonly serverName?: string | undefined
  /**
   * `{ http, https, none }`: proxy addresses by the scheme of the target, and hosts to reach directly, as in `NO_PROXY`.
   *
   * An address is http, https or socks5; without a scheme it is http. An invalid one is refused at once (`bad_proxy`). `from` names
   * the settings of the two addresses, for messages.
   */
  readonly proxy?: ProxyOptions | undefined
  /**
   * Accepts any certificate, so anyone between can read everything. For a test stack only.
   * @default false
   */
  readonly insecure?: boolean | undefined
}
