/**
 * The cookies a load balancer knows an indexer by. All that are set count: none says of itself that it is the one. Path and domain do
 * not matter, as there is one collector only, and the time a cookie lasts is left to the balancer, which sets another one then.
 */
export interface StickyCookies {
  /** For the `Cookie` header; undefined: there are none. */
  header(): string | undefined
  /** Keeps what an answer sets, several headers joined by commas. Whether that made a difference. */
  take(setCookie: string | undefined): boolean
}

/** RFC 6265 allows no comma in a value; the one in a date is followed by no name. */
const betweenCookies = /,\s*(?=[!#$%&'*+.^_`|~0-9A-Za-z-]+=)/

export function stickyCookies(): StickyCookies {
  const values = new Map<string, string>()
  return {
    header: () => [...values].map(([name, value]) => `${name}=${value}`).join('; ') || undefined,
    take(setCookie) {
      let changed = false
      for (const cookie of setCookie?.split(betweenCookies) ?? []) {
        const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim())
        const name = pair.slice(0, Math.max(0, pair.indexOf('=')))
        if (name === '') continue
        const value = attributes.some(isOver) ? undefined : pair.slice(name.length + 1)
        changed ||= values.get(name) !== value
        if (value === undefined) values.delete(name)
        else values.set(name, value)
      }
      return changed
    },
  }
}

/** Whether an attribute takes the cookie away. */
function isOver(attribute: string): boolean {
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(attribute) ?? []
  if (name.toLowerCase() === 'max-age') return Number(value) <= 0
  return name.toLowerCase() === 'expires' && Date.parse(value) <= 0
}
