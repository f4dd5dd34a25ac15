/**
 * The cookies by which a load balancer recognizes an indexer. Every cookie counts, because none is marked as the one
 * for this. Path and domain do not matter, because there is only one collector. Expiry is ignored: the balancer sets
 * a new cookie then.
 */
export interface StickyCookies {
  /** For the `Cookie` header; undefined: there are none. */
  header(): string | undefined
  /**
   * Stores the cookies of an answer (several headers joined by commas). Returns whether another indexer may answer
   * from now on: a cookie has another value, is new or gone. A cookie that gets a new value again and again, such as
   * those of AWS with every answer, does not count.
   */
  take(setCookie: string | undefined): boolean
}

interface Cookie {
  value: string
  /** Recent values; a balancer that goes from indexer to indexer comes back to the same few. */
  readonly seen: Set<string>
  /** How many new values it had since it was last steady or repeated an old value. */
  renewals: number
  /** Answers since the last new value. */
  steadyFor: number
}

/** From this number of new values on, the balancer renews its cookie by habit. The first two may be two indexers. */
const habit = 3
/** After this number of answers without a new value, the habit is over. */
const steady = 20

/** More than the number of indexers behind any one address. */
const mostSeen = 1_000

/** RFC 6265 allows no comma in a value, and after the comma in a date comes no name. */
const betweenCookies = /,\s*(?=[!#$%&'*+.^_`|~0-9A-Za-z-]+=)/

export function stickyCookies(): StickyCookies {
  const cookies = new Map<string, Cookie>()

  function set(name: string, value: string): boolean {
    const cookie = cookies.get(name)
    if (!cookie) {
      cookies.set(name, { value, seen: new Set([value]), renewals: 1, steadyFor: 0 })
      return true
    }
    if (cookie.value === value) return false
    cookie.value = value
    if (cookie.seen.has(value)) {
      cookie.renewals = 0
      return true
    }
    cookie.renewals = cookie.steadyFor > steady ? 1 : cookie.renewals + 1
    cookie.steadyFor = 0
    remember(cookie.seen, value)
    return cookie.renewals < habit
  }

  return {
    header: () => [...cookies].map(([name, { value }]) => `${name}=${value}`).join('; ') || undefined,
    take(setCookie) {
      const given = cookiesIn(setCookie)
      for (const cookie of cookies.values()) cookie.steadyFor += 1
      let moved = false
      for (const [name, value] of given) {
        const says = value === undefined ? cookies.delete(name) : set(name, value)
        moved ||= says
      }
      return moved
    },
  }
}

function remember(seen: Set<string>, value: string): void {
  seen.add(value)
  const [oldest] = seen
  if (seen.size > mostSeen && oldest !== undefined) seen.delete(oldest)
}

/** Values by name; undefined for a cookie that is deleted. */
function cookiesIn(setCookie = ''): Map<string, string | undefined> {
  const given = new Map<string, string | undefined>()
  for (const cookie of setCookie.split(betweenCookies)) {
    const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim())
    const name = pair.slice(0, Math.max(0, pair.indexOf('=')))
    if (name !== '') given.set(name, attributes.some(isOver) ? undefined : pair.slice(name.length + 1))
  }
  return given
}

/** Whether an attribute deletes the cookie. */
function isOver(attribute: string): boolean {
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(attribute) ?? []
  if (name.toLowerCase() === 'max-age') return Number(value) <= 0
  return name.toLowerCase() === 'expires' && Date.parse(value) <= 0
}
