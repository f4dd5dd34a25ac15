import { createHash } from 'node:crypto'
import { asText, valuesAt } from './event-value.ts'

/** Up to this many characters a value is kept unchanged. */
const longest = 200

/** The text at a dotted path, in its short form; several values are joined. Undefined if there is none. */
export function textAt(event: unknown, path: string): string | undefined {
  const texts = valuesAt(event, path.split('.')).flatMap((value) => asText(value) ?? [])
  return texts.length === 0 ? undefined : short(texts.join(', '))
}

/** The short form of a long text: an event may hold any text, and what is remembered is much. */
export function short(text: string): string {
  return text.length <= longest ? text : `sha256:${createHash('sha256').update(text).digest('hex')}`
}
