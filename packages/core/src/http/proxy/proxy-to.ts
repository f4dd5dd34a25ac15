import type { HttpClientOptions } from '../http-client-options.ts'
import { noProxy } from './no-proxy.ts'
import { checkedProxy, shownProxy } from './proxy-address.ts'

/** The proxy by which an `httpClient` with this `proxy` reaches a target, without credentials. Undefined: none. Throws `bad_proxy`. */
export function proxyTo(target: URL, proxy: HttpClientOptions['proxy']): string | undefined {
  const text = target.protocol === 'https:' ? proxy?.https : proxy?.http
  if (!text || noProxy(proxy?.none ?? '').has(target)) return undefined
  return shownProxy(checkedProxy(text))
}
