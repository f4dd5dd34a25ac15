import { type HttpClientOptions, noProxyAddress, proxyAddress } from '@asana-audit/core'
import type { Problem } from './problem.ts'

/** The variables proxies are set by everywhere; lower case goes first, as in curl. */
export function proxyFromEnv(
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): NonNullable<HttpClientOptions['proxy']> {
  const first = (name: string): string | undefined => [name.toLowerCase(), name].find((one) => env[one])
  const address = (name: string): string | undefined => {
    const setting = first(name)
    const text = setting && env[setting]
    if (!setting || !text) return undefined
    const found = proxyAddress(text)
    if (found === undefined) problems.push({ setting, message: noProxyAddress })
    return found
  }
  const none = first('NO_PROXY')
  return { http: address('HTTP_PROXY'), https: address('HTTPS_PROXY'), none: none && env[none] }
}
