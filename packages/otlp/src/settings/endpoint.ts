/**
 * The address with its path, for a message. Parts that may hold a secret are left out: the query, and path parts too
 * long to be words, because some receivers put their token there.
 */
export function shown({ origin, pathname }: URL): string {
  const parts = pathname.split('/').map((part) => (part.length < 16 ? part : '…'))
  return `${origin}${parts.join('/')}`
}

/**
 * The URL, or its problem as the end of a sentence that begins with its name. Never quotes the URL: it may hold a
 * secret.
 */
export function readEndpoint(text: string): URL | string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    return 'must be a whole URL that begins with http:// or https://'
  }
  if (url.username || url.password) {
    return 'must not hold a user name or password; send them as an authorization header'
  }
  return url
}

/** The same for gRPC, which adds paths of its own. */
export function readGrpcEndpoint(text: string): URL | string {
  const url = readEndpoint(text)
  if (typeof url === 'string' || `${url.pathname}${url.search}${url.hash}` === '/') return url
  return 'must have no path with the protocol grpc, which adds its own'
}

/** What is used if no address is set: a collector on this machine. `signal`: the end of its path over HTTP. */
export function defaultEndpoint(signal: string, isGrpc: boolean): string {
  return isGrpc ? 'http://localhost:4317' : `http://localhost:4318/v1/${signal}`
}

/** Whether `/v1/logs` was appended to an endpoint that ended in it already. */
export function endsTwice({ pathname }: URL): boolean {
  return /\/v1\/logs\/v1\/logs\/*$/.test(pathname)
}

export const pathTwice =
  'That path ends in /v1/logs twice: OTEL_EXPORTER_OTLP_ENDPOINT gets /v1/logs appended. Leave it out there, or put the whole URL into OTEL_EXPORTER_OTLP_LOGS_ENDPOINT.'
