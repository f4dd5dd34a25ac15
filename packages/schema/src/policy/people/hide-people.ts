import { replaceAddresses } from './addresses-in-text.ts'
import { isHidden, normalIdentity, replaceIdentities } from './identity.ts'
import { type KnownPeople, knownPeople } from './known-people.ts'
import { type Place, type PlaceOf, placesIn } from './places.ts'

/** The replacement for an address, a name or a gid. */
export type Pseudonym = (identity: string) => string

/** The replacement inside a text for a person who was removed. */
const somebody = '[hidden]'

/**
 * Copies an event, or data that is not a valid event, without its people: no address, name or gid known to be a
 * person's stays in clear. Without `pseudonym`, such fields are left out. Works for any size and depth.
 */
export function hidePeople(event: unknown, pseudonym: Pseudonym | undefined): unknown {
  const placeOf = placesIn(event)
  const hiding: Hiding = { placeOf, known: knownPeople(event, placeOf), pseudonym }
  const holder: unknown[] = []
  const open: Open[] = [{ into: holder, key: 0, value: event, place: undefined }]
  for (let one = open.pop(); one; one = open.pop()) {
    const { into, key, value, place } = one
    const isContainer = typeof value === 'object' && value !== null
    const { copy, members } = isContainer
      ? copyOf(value, place, hiding)
      : { copy: hiddenLeaf(value, place ?? 'text', hiding), members: [] }
    ;(into as Record<string | number, unknown>)[key] = copy
    for (const member of members) open.push(member)
  }
  return holder[0]
}

interface Hiding {
  readonly placeOf: PlaceOf
  readonly known: KnownPeople
  readonly pseudonym: Pseudonym | undefined
}

/** A value that is still to be copied to its place. */
interface Open {
  readonly into: unknown[] | Record<string, unknown>
  readonly key: string | number
  readonly value: unknown
  /** Undefined for the event itself. */
  readonly place: Place | undefined
}

/** An array or object whose members are not copied yet. Their names are already there, so that the order stays. */
function copyOf(value: object, place: Place | undefined, hiding: Hiding): { copy: object; members: Open[] } {
  if (Array.isArray(value)) {
    const at = place ?? 'text'
    const copy: unknown[] = []
    const items = value.filter((item) => stays(item, at, hiding))
    return {
      copy,
      members: items.map((item, key) => ({ into: copy, key, value: item, place: at })).reverse(),
    }
  }
  const members = new Map<string, { value: unknown; place: Place }>()
  for (const [key, member] of Object.entries(value)) {
    const at = hiding.placeOf(place, key, member)
    if (!stays(member, at, hiding)) continue
    let name = withoutMentions(key, hiding)
    while (members.has(name)) name += '_'
    members.set(name, { value: member, place: at })
  }
  // `fromEntries` instead of assignment, so that `__proto__` is a field like any other; it can then be assigned to
  // later.
  const copy: Record<string, unknown> = Object.fromEntries(
    [...members.keys()].map((name) => [name, undefined]),
  )
  return { copy, members: [...members].map(([key, member]) => ({ into: copy, key, ...member })) }
}

/** Null names nobody. */
function stays(value: unknown, place: Place, { pseudonym }: Hiding): boolean {
  return pseudonym !== undefined || value === null || !isWhollyPersonal(value, place)
}

function isWhollyPersonal(value: unknown, place: Place): boolean {
  if (place === 'identity') return typeof value !== 'boolean'
  return place === 'person' && (typeof value === 'string' || typeof value === 'number')
}

function hiddenLeaf(value: unknown, place: Place, hiding: Hiding): unknown {
  if ((typeof value !== 'string' && typeof value !== 'number') || place === 'fixed') return value
  const text = String(value)
  if (isWhollyPersonal(value, place)) return replaceIdentities(text, (one) => hidden(one, hiding))
  if (typeof value === 'number') return hiding.known.isGid(text) ? hidden(text, hiding) : value
  return place === 'word' && /^[a-z][a-z0-9_]{0,199}$/.test(text) ? text : withoutMentions(text, hiding)
}

function withoutMentions(text: string, hiding: Hiding): string {
  if (isHidden(text)) return text
  const hide = (identity: string): string => hidden(identity, hiding)
  return replaceAddresses(hiding.known.replaceIn(text, hide), hide)
}

function hidden(identity: string, { pseudonym }: Hiding): string {
  if (isHidden(identity)) return identity
  return pseudonym ? pseudonym(normalIdentity(identity)) : somebody
}
