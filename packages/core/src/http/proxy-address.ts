/** Proxy schemes that undici can tunnel through. */
const schemes = new Set(['http:', 'https:', 'socks5:', 'socks:'])

/**
 * The address of a proxy as variables hold it: without a scheme it is http, as in curl. Undefined for what is none; the text is
 * for nobody's eyes then, as it may hold a password.
 */
export function proxyAddress(text: string): string | undefined {
  const scheme = /^[a-z][a-z\d+.-]*:\/\//i.exec(text)?.[0].toLowerCase()
  // socks5h is curl's word for leaving names to the proxy, which is what happens with either.
  const address = scheme === undefined ? `http://${text}` : text.replace(/^socks5h:/i, 'socks5:')
  if (!URL.canParse(address)) return undefined
  const { protocol, hostname, username, password, pathname, search, hash } = new URL(address)
  // What stands before an unescaped / ? or # of a password would be taken for the host.
  const isCutOff = `${pathname}${search}${hash}`.includes('@')
  if (!schemes.has(protocol) || hostname === '' || isCutOff) return undefined
  try {
    decodeURIComponent(username + password)
    return address
  } catch {
    return undefined
  }
}

/** What is wrong with an address that is none, and a good value. Without the address: see there. */
export const noProxyAddress =
  'It is no address of a proxy. Give one such as http://proxy.example.com:3128; in a user name or a password write @ as %40, / as %2F, : as %3A and % as %25.'
