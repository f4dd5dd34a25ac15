import { contextAttributes } from './context-attributes.ts'
import type { EventContext } from './event-context.ts'
import { nested } from './nested.ts'

/** The member that holds the context in JSON of an event's own form. */
export const contextKey = 'asana_audit_context'

/** The event with its context beside Asana's fields, in the shape of its attributes; the same event if there is none. */
export function withContext<E extends object>(event: E, context: EventContext | undefined): E {
  const attributes = context ? contextAttributes(context) : {}
  return Object.keys(attributes).length === 0 ? event : { ...event, [contextKey]: nested(attributes) }
}
