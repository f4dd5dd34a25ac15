import { generateEvents } from '@asana-audit/simulator'

/** The ids of the log are this prefix and the rank of the event. No other value of an event begins with it. */
export const firstGid = 7_000_000_000_000_000

/** The text before the id of an event in the JSON of Asana. */
export const asanaMarker = '"gid":"'

/** The positions of the two members that differ between events, in the JSON of each. */
export const gidAt: number = '{"gid":"'.length
export const createdAtAt: number = gidAt + '7000000000000000","created_at":"'.length

/** The number of different events; a prime, so that pages differ. */
const templates = 1999

/**
 * Events of the simulator as JSON, a mean of 570 bytes, 24 % of them with a character past Latin-1. `bytes` fills each up to
 * that size with text of others.
 */
export function eventTemplates(bytes: number): Buffer[] {
  const until = Date.UTC(2026, 0, 1)
  const events = generateEvents({ count: templates, from: until - 86_400_000, until })
  const texts = events.map((event) => JSON.stringify({ ...event, gid: String(firstGid) }))
  const all = texts.join('').replaceAll(/["\\{}]/g, ' ')
  return events.map((event, place) => {
    const missing = bytes - Buffer.byteLength(texts[place] ?? '')
    if (missing <= 0) return Buffer.from(texts[place] ?? '')
    const note = all.slice(place * 100, place * 100 + missing)
    const details = { ...(event.details as object), note }
    return Buffer.from(JSON.stringify({ ...event, gid: String(firstGid), details }))
  })
}
