import type { HttpClientOptions } from '@asana-audit/core'
import { noProxy, noProxyAddress, proxyAddress } from '@asana-audit/core/config'
import { inClear } from '@asana-audit/core/sink-kit'
import type { Problem, Warning } from '../terminal/problem.ts'

/** The usual environment variables for proxies. As in curl, lower case takes precedence. */
export function proxyFromEnv(
  env: NodeJS.ProcessEnv,
  problems: Problem[],
  warnings: Warning[],
): NonNullable<HttpClientOptions['proxy']> {
  const first = (name: string): string | undefined => [name.toLowerCase(), name].find((one) => env[one])
  const address = (name: string): string | undefined => {
    const setting = first(name)
    const text = setting && env[setting]
    if (!setting || !text) return undefined
    const found = proxyAddress(text)
    if (found === undefined) problems.push({ setting, message: noProxyAddress })
    else warnings.push(...clearTextWarnings(new URL(found), setting))
    return found
  }
  const none = first('NO_PROXY')
  const { unusable } = noProxy((none && env[none]) ?? '')
  if (none && unusable.length > 0) {
    const message = `These entries are not networks: ${unusable.map((entry) => JSON.stringify(entry)).join(', ')}. Write networks as 10.0.0.0/8 or fd00::/8, and hosts without http:// and without a path.`
    problems.push({ setting: none, message })
  }
  const http = address('HTTP_PROXY')
  const https = address('HTTPS_PROXY')
  const any = http !== undefined && https !== undefined ? undefined : address('ALL_PROXY')
  return { http: http ?? any, https: https ?? any, none: none && env[none] }
}

/** The password of an http proxy crosses the network unencrypted. */
function clearTextWarnings(proxy: URL, setting: string): Warning[] {
  if (!(proxy.username || proxy.password) || !inClear(proxy)) return []
  const message = `${setting}: The name and the password of the proxy are sent to ${proxy.host} unencrypted. Write https:// if it supports TLS.`
  return [{ code: 'plain_http', message }]
}
