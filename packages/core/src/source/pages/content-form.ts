import { createHash } from 'node:crypto'
import type { FieldPolicy } from '@asana-audit/schema'

/** Raise it when the same field policy changes an event in another way than before, or when `contentHash` gives another hash. */
const version = 1

const person = { actor: { gid: '12', name: 'A Person', email: 'a.person@example.com' } }

/**
 * A short text that stands for what a field policy makes of events. Another key for hashing gives another text. The text does not give
 * the key away: it contains only digests of what the key makes of a fixed text.
 */
export function contentForm({ fields, people, rules, withoutPeople }: FieldPolicy): string {
  const inOrder = Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1))
  const changed = rules.map(({ path, change }) => `${path.join('.')} ${change('text')}`).sort()
  const text = JSON.stringify([inOrder, people, changed, withoutPeople?.(person)])
  return `${version}-${createHash('sha256').update(text).digest('base64url').slice(0, 16)}`
}
