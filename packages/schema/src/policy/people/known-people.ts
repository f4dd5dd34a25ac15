import { folded } from './folded.ts'
import { identitiesIn, isHidden } from './identity.ts'
import type { Place, PlaceOf } from './places.ts'

/** The people an event names: their addresses, names and gids. */
export interface KnownPeople {
  /** Whether a number in an event is the gid of one of them. */
  isGid(digits: string): boolean
  /** A text with every mention of one of them replaced. */
  replaceIn(text: string, replacement: (identity: string) => string): string
}

/** From this length on an identity is also found inside words, because it can mean nothing else. */
const distinctive = 8

/** Shorter ones are found only if they are the whole text. */
const shortest = 3

/**
 * Words for roles and settings, which decide how much an event matters. They are never replaced; otherwise a person
 * with such a word as a name could hide an action.
 */
const saidOfSettings =
  /^(?:(?:[a-z0-9_]+ )?[a-z0-9_]*admin[a-z0-9_]*(?: [a-z0-9_]+)?|anyone|guest|limited|member|never|off|on|optional|private|public|required|simple|\d+ ?[A-Za-z]+)$/

/**
 * The most identities that are searched for, the first ones: every text is searched for each. E-mail addresses are
 * always found.
 */
const mostKnown = 1_000

/** A known identity, as written and in the form used for comparing. */
type Known = readonly [spelt: string, compared: string]

export function knownPeople(event: unknown, placeOf: PlaceOf): KnownPeople {
  const found = foundIn(event, placeOf)
  const known = [...found]
    .sort((one, other) => other.length - one.length)
    .map((spelt): Known => [spelt, folded(spelt).text.trim()])
    .filter(([, compared]) => compared !== '')
  return {
    isGid: (digits) => digits.length >= distinctive && found.has(digits),
    replaceIn(text, replacement) {
      if (saidOfSettings.test(text)) return text
      const whole = folded(text).text.trim()
      let result = text
      for (const one of known) {
        const [spelt, compared] = one
        if (compared === whole) return replacement(spelt)
        if (compared.length >= shortest && whole.includes(compared))
          result = replaceOne(result, one, replacement(spelt))
      }
      return result
    },
  }
}

function foundIn(event: unknown, placeOf: PlaceOf): ReadonlySet<string> {
  const found = new Set<string>()
  const open: { value: unknown; place: Place | undefined }[] = [{ value: event, place: undefined }]
  for (let one = open.pop(); one; one = open.pop()) {
    const { value, place } = one
    if (Array.isArray(value)) {
      for (const item of value.toReversed()) open.push({ value: item, place: place ?? 'text' })
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value).reverse()) {
        open.push({ value: member, place: placeOf(place, key, member) })
      }
    } else if (
      (place === 'identity' || place === 'person') &&
      (typeof value === 'string' || typeof value === 'number')
    ) {
      for (const text of identitiesIn(String(value))) {
        if (!isHidden(text) && found.size < mostKnown) found.add(text.trim())
      }
    }
  }
  return found
}

function replaceOne(text: string, [spelt, compared]: Known, replacement: string): string {
  const { text: where, placeOf } = folded(text)
  const isDistinctive = spelt.length >= distinctive || spelt.includes('@')
  const parts: string[] = []
  let done = 0
  for (let at = where.indexOf(compared); at !== -1; at = where.indexOf(compared, at + 1)) {
    const { start } = placeOf(at)
    const { end } = placeOf(at + compared.length - 1)
    if (start < done || !(isDistinctive || standsAlone(text, start, end))) continue
    parts.push(text.slice(done, start), replacement)
    done = end
  }
  return parts.join('') + text.slice(done)
}

const partOfWord = /[\p{L}\p{N}_]/u

function standsAlone(text: string, start: number, end: number): boolean {
  return !partOfWord.test(text.charAt(start - 1)) && !partOfWord.test(text.charAt(end))
}
