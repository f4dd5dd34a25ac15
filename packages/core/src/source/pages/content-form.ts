import { createHash } from 'node:crypto'
import type { FieldPolicy } from '@asana-audit/schema'

/** Another one when the same field policy makes something else of an event, or `contentHash` another hash. */
const version = 1

const person = { actor: { gid: '12', name: 'A Person', email: 'a.person@example.com' } }

/**
 * What a field policy makes of events, as a short text. It differs if the key of the hashes differs, and does not tell it: it has only
 * digests of what that key makes of a fixed text.
 */
export function contentForm({ fields, people, rules, withoutPeople }: FieldPolicy): string {
  const inOrder = Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1))
  const changed = rules.map(({ path, change }) => `${path.join('.')} ${change('text')}`).sort()
  const text = JSON.stringify([inOrder, people, changed, withoutPeople?.(person)])
  return `${version}-${createHash('sha256').update(text).digest('base64url').slice(0, 16)}`
}
