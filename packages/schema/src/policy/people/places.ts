import { eventType } from '../../event/event-types.ts'
import { isInstant } from '../../event/instant.ts'
import { isRecord } from '../../event/is-record.ts'
import { changedField, isIdentity, personalKey } from './personal-key.ts'

/**
 * What a value is, judged by its place in the event. `identity`: the address, name or gid of a person, with
 * everything inside it. `person`: a person, whose fields identify that person. `text`: anything else; it may mention
 * a person. `word`: one of Asana's own words, such as an event type. `fixed`: a key by which the event is found;
 * never changed.
 */
export type Place = 'identity' | 'person' | 'text' | 'word' | 'fixed'

/** The place of a member, from the place of its container; undefined for the outermost value. */
export type PlaceOf = (within: Place | undefined, key: string, value: unknown) => Place

const words: ReadonlySet<string> = new Set([
  'actor_type',
  'api_authentication_method',
  'context_type',
  'resource_subtype',
  'resource_type',
])

/** The places in an event, or in data that is not a valid event. */
export function placesIn(event: unknown): PlaceOf {
  const type = isRecord(event) && typeof event['event_type'] === 'string' ? event['event_type'] : ''
  const changed = personalKey(changedField(type))
  const resourceType = eventType(type)?.resourceType ?? 'user'
  return (within, key, value) => {
    if (within === 'identity') return 'identity'
    if (within === undefined) {
      if (key === 'actor') return isRecord(value) && value['actor_type'] === 'asana' ? 'text' : 'person'
      if (key === 'resource') return kindOf(value, resourceType === 'user' ? 'person' : 'text')
      if (key === 'event_type' || key === 'event_category') return 'word'
      if (typeof value === 'string' && (key === 'gid' || (key === 'created_at' && isInstant(value))))
        return 'fixed'
    }
    if (words.has(key)) return 'word'
    if (within === 'person' && isIdentity(key)) return 'identity'
    const said = (key === 'old_value' || key === 'new_value' ? changed : undefined) ?? personalKey(key)
    return said === 'identity' ? said : kindOf(value, said ?? 'text')
  }
}

/** An object with a `resource_type` is of that kind. */
function kindOf(value: unknown, otherwise: Place): Place {
  if (!isRecord(value)) return otherwise
  const { resource_type: type, email } = value
  if (typeof type === 'string' && type !== '') return type === 'user' ? 'person' : 'text'
  return email === undefined || email === null || email === '' ? otherwise : 'person'
}
