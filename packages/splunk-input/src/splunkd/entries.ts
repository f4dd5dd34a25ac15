import { fault } from '@asana-audit/core'

/** An entry of a list, as the REST API of splunkd has it in JSON. */
export interface Entry {
  readonly name: string
  readonly content: Readonly<Record<string, unknown>>
}

/** The entries of an answer; none for undefined, which is 404. Throws a temporary `splunkd_unavailable` for an answer of another shape. */
export function entriesOf(answer: unknown): readonly Entry[] {
  if (answer === undefined) return []
  const { entry } = Object(answer) as { entry?: unknown }
  if (Array.isArray(entry) && entry.every(isEntry)) return entry
  const message = 'splunkd answered with something that is not a list of entries.'
  throw fault({ fault: 'temporary', code: 'splunkd_unavailable', message })
}

function isEntry(value: unknown): value is Entry {
  const { name, content } = Object(value) as Partial<Entry>
  return typeof name === 'string' && typeof content === 'object' && content !== null
}

/** A text of an entry. Undefined if it is missing or empty. */
export function textIn({ content }: Entry, name: string): string | undefined {
  const value = content[name]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

/** Splunk writes booleans as 0 and 1, in texts, or as booleans. */
export function isTrueIn({ content }: Entry, name: string): boolean {
  return ['1', 'true'].includes(String(content[name] ?? '').toLowerCase())
}
