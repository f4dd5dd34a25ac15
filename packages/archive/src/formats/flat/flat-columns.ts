import type { Identified } from '@asana-audit/core'
import { toJsonText } from '@asana-audit/schema/lossless'
import { type Column, long, text, time, type Value } from '../parquet/columns.ts'
import { microsAt } from '../parquet/micros-at.ts'

/** The columns with texts, and the paths of their fields in the event. Anything but a text is left out there: `event` has it. */
const texts = {
  event_type: ['event_type'],
  event_category: ['event_category'],
  actor_type: ['actor', 'actor_type'],
  actor_gid: ['actor', 'gid'],
  actor_name: ['actor', 'name'],
  actor_email: ['actor', 'email'],
  resource_type: ['resource', 'resource_type'],
  resource_subtype: ['resource', 'resource_subtype'],
  resource_gid: ['resource', 'gid'],
  resource_name: ['resource', 'name'],
  resource_email: ['resource', 'email'],
  context_type: ['context', 'context_type'],
  api_authentication_method: ['context', 'api_authentication_method'],
  client_ip_address: ['context', 'client_ip_address'],
  user_agent: ['context', 'user_agent'],
  oauth_app_name: ['context', 'oauth_app_name'],
  rule_name: ['context', 'rule_name'],
} as const

/** Who, what, when and from where, and the event itself. Their number, order and types are the same in every object. */
export const flatColumns: readonly Column<Identified>[] = [
  { elements: text('gid', 'REQUIRED'), value: ({ gid }) => gid.toWellFormed() },
  { elements: time('created_at', 'REQUIRED'), value: ({ created_at }) => microsAt(created_at) },
  ...Object.entries(texts).map(([name, path]) => ({
    elements: text(name),
    value: (event: Identified) => textAt(event, path),
  })),
  {
    elements: long('on_behalf_of_user_id'),
    value: (event) => integerOf(at(event, ['context', 'on_behalf_of_user_id'])),
  },
  {
    elements: text('details'),
    value(event) {
      const details = at(event, ['details'])
      return details === undefined || details === null ? undefined : toJsonText(details)
    },
  },
  // The text of the line that the format jsonl has for this event, without its line feed.
  { elements: text('event', 'REQUIRED'), value: toJsonText },
]

function textAt(event: Identified, path: readonly string[]): string | undefined {
  const value = at(event, path)
  return typeof value === 'string' ? value.toWellFormed() : undefined
}

function at(event: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (part, name) =>
      typeof part === 'object' && part !== null && Object.hasOwn(part, name)
        ? (part as Record<string, unknown>)[name]
        : undefined,
    event,
  )
}

/** A number past 2^53 is a text of digits after our reader of JSON. */
function integerOf(value: unknown): Value {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  return typeof value === 'string' && /^-?\d{1,18}$/.test(value) ? BigInt(value) : undefined
}
