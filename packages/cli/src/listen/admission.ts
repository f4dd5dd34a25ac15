import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { isFault } from '@asana-audit/core'
import type { ListenSettings } from '../config/monitoring/listen.ts'
import { isLoopback } from '../config/monitoring/loopback.ts'
import { type Answer, plain } from './answer.ts'

const unreadable = plain(
  503,
  'The token file of this server cannot be read, or is empty. Put the token back.',
)

type Rules = Pick<ListenSettings, 'isLoopback' | 'hosts' | 'token'>

/** Why a request is refused; undefined if it may read. */
export async function refusal(request: IncomingMessage, rules: Rules): Promise<Answer | undefined> {
  if (!isOurName(request, rules)) {
    return plain(
      421,
      'This server is not called by that name. Use its address, or add the name to listen_hosts.',
    )
  }
  if (!rules.token) return undefined
  let token: string
  try {
    token = await rules.token()
  } catch (error) {
    if (!isFault(error)) throw error
    return unreadable
  }
  // A destination goes on with the old token. Here the old token would let people in, although somebody has removed the file to keep them out.
  if (rules.token.oldBecause?.() !== undefined) return unreadable
  if (token !== '' && isSame(tokenOf(request), token)) return undefined
  return plain(401, 'A token is needed: Authorization: Bearer TOKEN, or as the password of a browser.', {
    'WWW-Authenticate': 'Bearer realm="asana-audit", Basic realm="asana-audit"',
  })
}

/**
 * Against DNS rebinding: a page of another site could reach us by a name of its own that leads to our address. It cannot do so by an
 * address, so elsewhere than on loopback an address is enough; scrapers and balancers use it.
 */
function isOurName({ headersDistinct }: IncomingMessage, { isLoopback: isLocal, hosts }: Rules): boolean {
  const [header, ...more] = headersDistinct['host'] ?? []
  const name = more.length === 0 ? nameIn(header) : undefined
  if (name === undefined) return false
  if (isLoopback(name) || hosts.includes(name)) return true
  return !isLocal && isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0
}

/** The name in a `Host` header, without port and in lower case. */
function nameIn(header: string | undefined): string | undefined {
  const match = /^(\[[\da-f:.]+\]|[\w.-]+?)\.?(:\d{1,5})?$/i.exec(header ?? '')
  return match?.[1]?.toLowerCase()
}

/** The token of a request: as scrapers send it, or the password that a browser asked for. */
function tokenOf({ headers: { authorization = '' } }: IncomingMessage): string {
  const [, scheme, credentials = ''] = /^(Bearer|Basic) +(\S+)$/i.exec(authorization) ?? []
  if (scheme?.toLowerCase() !== 'basic') return credentials
  return Buffer.from(credentials, 'base64')
    .toString()
    .replace(/^[^:]*:/, '')
}

/** Compares in the same time for every wrong token, so that the time gives nothing away. */
function isSame(given: string, token: string): boolean {
  const [one, other] = [given, token].map((text) => createHash('sha256').update(text).digest())
  return timingSafeEqual(one as Buffer, other as Buffer)
}
