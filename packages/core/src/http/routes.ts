import { Agent, type buildConnector, type Dispatcher } from 'undici'
import { fault } from '../fault.ts'
import type { HttpClientOptions } from './http-client-options.ts'
import { noProxy } from './no-proxy.ts'
import { noProxyAddress, proxyAddress } from './proxy-address.ts'
import { throughProxy } from './through-proxy.ts'

/** The way to a target. */
export interface Route {
  readonly dispatcher: Dispatcher
  /** The address of the proxy on it, without credentials; undefined: none. */
  readonly proxy: string | undefined
}

export interface Routes {
  to(target: URL): Route
  destroy(): Promise<void>
}

// Only the deadline of each exchange limits it; undici's own timers would end slow answers too early.
const untimed = { headersTimeout: 0, bodyTimeout: 0 }

/** Connections are made when they are needed. Throws `bad_proxy` for an invalid proxy address. */
export function routes({ ca, cert, key, serverName, proxy, insecure }: HttpClientOptions): Routes {
  const trust: buildConnector.BuildOptions = {
    timeout: 0,
    ...(ca !== undefined && { ca: typeof ca === 'string' ? ca : [...ca] }),
    ...(insecure && { rejectUnauthorized: false }),
  }
  const target: buildConnector.BuildOptions = {
    ...trust,
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(serverName !== undefined && { servername: serverName }),
  }
  const direct: Route = { dispatcher: new Agent({ ...untimed, connect: target }), proxy: undefined }
  const through = (text: string | undefined, scheme: 'http' | 'https'): Route => {
    if (!text) return direct
    const address = checkedProxy(text)
    const dispatcher = throughProxy(address, scheme, { proxy: trust, target }, untimed)
    return { dispatcher, proxy: `${address.protocol}//${address.host}` }
  }
  const http = through(proxy?.http, 'http')
  const https = through(proxy?.https, 'https')
  const around = noProxy(proxy?.none ?? '')
  return {
    to: (url) => (around.has(url) ? direct : url.protocol === 'https:' ? https : http),
    async destroy() {
      const all = new Set([direct, http, https].map(({ dispatcher }) => dispatcher))
      await Promise.all([...all].map((dispatcher) => dispatcher.destroy()))
    },
  }
}

/** Validate here: undici's own error message would contain the password. */
function checkedProxy(text: string): URL {
  const address = proxyAddress(text)
  if (address === undefined) throw fault({ fault: 'fatal', code: 'bad_proxy', message: noProxyAddress })
  return new URL(address)
}
