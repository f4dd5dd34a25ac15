import { readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { fileSink } from '@asana-audit/otlp'
import {
  type AuditLogEvent,
  auditResourceAttributes,
  auditScope,
  keepAll,
  toLogRecord,
} from '@asana-audit/schema'

export interface ArchiveOptions {
  readonly workspace?: string
  readonly gzip?: boolean
}

/** Writes events as `run --to file:PATH` does, and returns the path. */
export async function writeArchive(
  path: string,
  events: readonly AuditLogEvent[],
  { workspace = '1234567890123456', gzip = false }: ArchiveOptions = {},
): Promise<string> {
  const sink = fileSink({ resource: auditResourceAttributes({ workspace }), scope: auditScope, path })
  const records = events.map((event) => toLogRecord(event, { fieldPolicy: keepAll }))
  if (records.length > 0) await sink.write(records, new AbortController().signal)
  else writeFileSync(path, '')
  await sink.close?.()
  if (gzip) writeFileSync(path, gzipSync(readFileSync(path)))
  return path
}

/** A login of Ada, with the changes of a test. */
export function event(gid: string, changes: Partial<AuditLogEvent> = {}): AuditLogEvent {
  return {
    gid,
    created_at: '2026-01-31T08:00:00.000Z',
    event_type: 'user_login_succeeded',
    event_category: 'logins',
    actor: { actor_type: 'user', gid: '501', name: 'Ada Lovelace', email: 'ada@example.com' },
    resource: { resource_type: 'user', gid: '501', name: 'Ada Lovelace', email: 'ada@example.com' },
    details: { method: ['SAML'] },
    context: { context_type: 'web', client_ip_address: '192.0.2.7', user_agent: 'Firefox' },
    ...changes,
  }
}
