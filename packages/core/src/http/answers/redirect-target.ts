import type { HttpResponse } from './http-response.ts'

/**
 * Where a redirect leads, for a message. Without what may hold a secret: password, query, fragment and long parts of the path. Undefined
 * for another answer.
 */
export function redirectTarget(
  { status, headers }: Pick<HttpResponse, 'status' | 'headers'>,
  asked: URL,
): string | undefined {
  const { location } = headers
  if (status < 300 || status > 399 || !location || !URL.canParse(location, asked.href)) return undefined
  const { protocol, origin, pathname } = new URL(location, asked)
  if (protocol !== 'http:' && protocol !== 'https:') return undefined
  const path = pathname
    .split('/')
    .map((part) => (part.length < 16 ? part : '…'))
    .join('/')
  return `${origin}${path}`
}
