import type { HttpClientOptions } from '../http-client-options.ts'
import { noProxy } from './no-proxy.ts'
import { checkedProxy, shownProxy } from './proxy-address.ts'

/** The proxy by which an `httpClient` with this `proxy` reaches a target, without credentials. Undefined: none. Throws `bad_proxy`. */
export function proxyTo(target: URL, proxy: HttpClientOptions['proxy']): string | undefined {
  const scheme = target.protocol === 'https:' ? 'https' : 'http'
  const text = proxy?.[scheme]
  if (!text || noProxy(proxy?.none ?? '').has(target)) return undefined
  return shownProxy(checkedProxy(text), proxy?.from?.[scheme])
}
