// Decides from the name of a field whether it holds a person. `details` is open, so new fields are judged by the way
// Asana names known ones: words joined by underscores, the last of which says what the value is.

/**
 * Words for people: a field that ends in one of these holds a person, and identities after such a word are personal.
 */
const people: ReadonlySet<string> = new Set(
  [
    'account actor admin administrator approver assignee assigner author collaborator contact creator delegate employee',
    'follower guest invitee inviter manager member owner participant people person recipient requester requestor reviewer',
    'sender user',
  ].flatMap((words) => words.split(' ').flatMap((word) => [word, `${word}s`])),
)

/** Words for values that identify a person, if the field is about a person. */
const identities: ReadonlySet<string> = new Set(
  'alias avatar gid gids id ids initials login name names nickname phone photo uid'.split(' '),
)

/** Words for values that always identify a person. */
const addresses: ReadonlySet<string> = new Set('email emails mail upn username usernames'.split(' '))

/**
 * `identity`: the value is the address, name or gid of a person (`owner_email`). `person`: it is a person
 * (`new_owner`, `invited_by`), as text, or as an object with an identity in it. Undefined: neither.
 */
export function personalKey(key: string): PersonalKey {
  const judgedBefore = judged.get(key)
  if (judgedBefore !== undefined || judged.has(key)) return judgedBefore
  const result = judge(key)
  if (judged.size < mostJudged) judged.set(key, result)
  return result
}

type PersonalKey = 'identity' | 'person' | undefined

/**
 * Asana has few names of fields, and every event has them, so results are cached. Names come from outside, so the
 * cache has a limit.
 */
const mostJudged = 1_000
const judged = new Map<string, PersonalKey>()

function judge(key: string): PersonalKey {
  const words = wordsOf(key)
  const last = words.at(-1) ?? ''
  if (addresses.has(last)) return 'identity'
  if (people.has(last) || (last === 'by' && words.at(-2)?.endsWith('ed'))) return 'person'
  return identities.has(last) && words.slice(0, -1).some((word) => people.has(word)) ? 'identity' : undefined
}

/** Whether a field of a person identifies that person. */
export function isIdentity(key: string): boolean {
  const last = wordsOf(key).at(-1) ?? ''
  return identities.has(last) || addresses.has(last)
}

/** The field that an event changes: `security_contact_email` for `security_contact_email_changed`. */
export function changedField(eventType: string): string {
  return eventType.replace(/_(?:added|changed|created|deleted|removed|started|updated)$/, '')
}

/** `ownerEmail` and `owner-email` are read as `owner_email`. Longer names are not Asana's. */
function wordsOf(key: string): string[] {
  return key
    .slice(-100)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
}
