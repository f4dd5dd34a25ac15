/**
 * The cookies a load balancer knows an indexer by. All that are set count: none says of itself that it is the one. Path and domain do
 * not matter, as there is one collector only, and the time a cookie lasts is left to the balancer, which sets another one then.
 */
export interface StickyCookies {
  /** For the `Cookie` header; undefined: there are none. */
  header(): string | undefined
  /**
   * Keeps what an answer sets, several headers joined by commas. Whether another indexer may answer from now on: a cookie has another
   * value, is new or gone. One that has a value never seen before again and again, as those of AWS with every answer, says nothing of
   * the kind.
   */
  take(setCookie: string | undefined): boolean
}

interface Cookie {
  value: string
  /** Of late; a balancer that goes from indexer to indexer comes back to the same few. */
  readonly seen: Set<string>
  /** How often it had a value never seen before, since it was steady or came back to one that was. */
  renewals: number
  /** Answers since the last such value. */
  steadyFor: number
}

/** So many new values are the habit of the balancer. The first two may be two indexers. */
const habit = 3
/** After so many answers without one, a new value is none any more. */
const steady = 20

/** More indexers than stand behind one address. */
const mostSeen = 1_000

/** RFC 6265 allows no comma in a value; the one in a date is followed by no name. */
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

/** By name; undefined: it is taken away. */
function cookiesIn(setCookie = ''): Map<string, string | undefined> {
  const given = new Map<string, string | undefined>()
  for (const cookie of setCookie.split(betweenCookies)) {
    const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim())
    const name = pair.slice(0, Math.max(0, pair.indexOf('=')))
    if (name !== '') given.set(name, attributes.some(isOver) ? undefined : pair.slice(name.length + 1))
  }
  return given
}

/** Whether an attribute takes the cookie away. */
function isOver(attribute: string): boolean {
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(attribute) ?? []
  if (name.toLowerCase() === 'max-age') return Number(value) <= 0
  return name.toLowerCase() === 'expires' && Date.parse(value) <= 0
}
