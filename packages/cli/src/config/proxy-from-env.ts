import type { HttpClientOptions } from '@asana-audit/core'

/** The variables proxies are set by everywhere; lower case goes first, as in curl. */
export function proxyFromEnv(env: NodeJS.ProcessEnv): NonNullable<HttpClientOptions['proxy']> {
  const first = (name: string): string | undefined => env[name.toLowerCase()] || env[name] || undefined
  return { http: first('HTTP_PROXY'), https: first('HTTPS_PROXY'), none: first('NO_PROXY') }
}
