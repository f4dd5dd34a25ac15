import { isIP } from 'node:net'

/**
 * The IPv4 or IPv6 address a text holds, or undefined: for places where anything else is refused (an `ip`
 * field, a reputation look-up). Blanks around it go, and so does a zone (`fe80::1%eth0`), which means
 * something on one host only.
 */
export function ipAddress(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined
  const trimmed = text.trim()
  const zone = trimmed.indexOf('%')
  const address = zone === -1 ? trimmed : trimmed.slice(0, zone)
  return isIP(address) === 0 ? undefined : address
}
