import { fault } from '../../fault.ts'

/** Proxy schemes that undici can tunnel through. */
const schemes = new Set(['http:', 'https:', 'socks5:', 'socks:'])

/**
 * Reads a proxy address as environment variables hold it: without a scheme it is http, as in curl. Undefined for an invalid one.
 * Never quote an invalid one in an error: it may contain a password.
 */
export function proxyAddress(text: string): string | undefined {
  const scheme = /^[a-z][a-z\d+.-]*:\/\//i.exec(text)?.[0].toLowerCase()
  // In curl, socks5h lets the proxy resolve names. Here the proxy always does.
  const address = scheme === undefined ? `http://${text}` : text.replace(/^socks5h:/i, 'socks5:')
  if (!URL.canParse(address)) return undefined
  const { protocol, hostname, username, password, pathname, search, hash } = new URL(address)
  // With an unescaped / ? or # in the password, the text before it would be read as the host.
  const isCutOff = `${pathname}${search}${hash}`.includes('@')
  if (!schemes.has(protocol) || hostname === '' || isCutOff) return undefined
  try {
    decodeURIComponent(username + password)
    return address
  } catch {
    return undefined
  }
}

/** The message for an invalid address, with a good value. It never contains the address itself. */
export const noProxyAddress =
  'It is not the address of a proxy. Give one such as http://proxy.example.com:3128; https://, socks5:// and socks5h:// work too; in a user name or a password write @ as %40, / as %2F, : as %3A and % as %25.'

/** The same as a URL, before undici sees it: its own error would contain the password. Throws `bad_proxy`. */
export function checkedProxy(text: string): URL {
  const address = proxyAddress(text)
  if (address === undefined) throw fault({ fault: 'fatal', code: 'bad_proxy', message: noProxyAddress })
  return new URL(address)
}

/** For messages: without credentials, and with the setting that holds it, if that is known. */
export function shownProxy({ protocol, host }: URL, from: string | undefined): string {
  return `${protocol}//${host}${from === undefined ? '' : ` of ${from}`}`
}
