import { type AuditLogEvent, type AuditLogRecord, toLogRecord } from '@asana-audit/schema'

/** The id of an event by its number. */
export const idOf = (number: number): string => String(1_200_000_000_000_000 + number)

export const eventOf = (number: number): AuditLogEvent => ({
  gid: idOf(number),
  created_at: new Date(Date.parse('2026-02-01T00:00:00Z') + number * 1_000).toISOString(),
  event_type: 'user_login_succeeded',
  event_category: 'logins',
  actor: { actor_type: 'user', gid: '7', name: 'Ada', email: 'ada@example.com' },
})

export const recordOf = (number: number): AuditLogRecord => toLogRecord(eventOf(number))

export const records = (count: number): AuditLogRecord[] =>
  Array.from({ length: count }, (_, number) => recordOf(number))

export const ids = (count: number): string[] => Array.from({ length: count }, (_, number) => idOf(number))
