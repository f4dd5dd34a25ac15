import { type Fault, fault } from '../../fault.ts'
import { tlsSentence } from '../connections/tls-sentence.ts'

const nextStep = 'Check the address of the proxy, or name the target in NO_PROXY.'

/** The fault for a proxy that could not reach the target, or does not allow it. `proxy` is undefined for one that is not configured. */
export function proxyRefusal(status: number, proxy: string | undefined, target: string): Fault {
  if (status === 407) {
    const which = proxy ?? 'on the way'
    return proxyAuth(`${which} answered 407: it asks for credentials before it connects to ${target}`)
  }
  if (status >= 500 || status === 408 || status === 429) {
    const message = `The proxy ${proxy} answered ${status} instead of ${target}: it cannot reach the target now.`
    return fault({ fault: 'temporary', code: 'proxy_failed', message })
  }
  const message = `The proxy ${proxy} answered ${status} and does not allow connections to ${target}. Allow the target in the proxy, or name the target in NO_PROXY.`
  return fault({ fault: 'fatal', code: 'proxy_refused', message })
}

/** `code` is that of the innermost `error`. */
export function proxyConnectionFault(code: string, error: unknown, proxy: string, target: string): Fault {
  const cause = code || undefined
  if (/^UND_ERR_SOCKS5_AUTH/.test(code))
    return proxyAuth(`${proxy} refuses the credentials it was given (${code})`)
  if (code.startsWith('UND_ERR_SOCKS5_REPLY')) {
    const message = `The proxy ${proxy} cannot reach ${target} (${code}).`
    return fault({ fault: 'temporary', code: 'proxy_failed', message, cause })
  }
  const untrusted = tlsSentence(code, error, `the proxy ${proxy}`)
  if (untrusted !== undefined) return fault({ fault: 'fatal', code: 'proxy_tls', message: untrusted, cause })
  const message = `The proxy ${proxy} cannot be reached (${code || 'no code'}), so nothing was sent to ${target}. ${nextStep}`
  return fault({ fault: 'temporary', code: 'proxy_unreachable', message, cause })
}

function proxyAuth(what: string): Fault {
  const message = `The proxy ${what}. Put its user name and password, or the right ones, into the address of the proxy, as http://name:password@host:port, with @ as %40, / as %2F, : as %3A and % as %25.`
  return fault({ fault: 'fatal', code: 'proxy_auth', message })
}
