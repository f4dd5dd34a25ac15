import type { AuditLogEvent } from '@asana-audit/schema'
import { eventCategory } from '../input/events/event-category.ts'

/** The kinds of events a security team asks about first. An event has at most one kind. */
export type EventKind = 'sign-in' | 'failed sign-in' | 'export' | 'admin change' | 'deletion' | 'restoration'

export function eventKind(event: AuditLogEvent): EventKind | undefined {
  if (event.event_type === 'user_login_succeeded') return 'sign-in'
  if (event.event_type === 'user_login_failed') return 'failed sign-in'
  switch (eventCategory(event)) {
    case 'content_export':
      return 'export'
    case 'admin_settings':
    case 'roles':
      return 'admin change'
    case 'deletion':
      return event.event_type.endsWith('_undeleted') ? 'restoration' : 'deletion'
    default:
      return undefined
  }
}
