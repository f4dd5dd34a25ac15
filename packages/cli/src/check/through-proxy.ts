import type { Proxies } from '../config/proxy/proxies-from-env.ts'

/** For the end of an address: ` (through the proxy http://proxy.example.com:3128)`, without credentials, or nothing. */
export async function throughProxy(proxies: Proxies, target: URL): Promise<string> {
  const proxy = await proxies.to(target)
  return proxy === undefined ? '' : ` (through the proxy ${proxy})`
}
