import { createHash } from 'node:crypto'
import { type AuditLogEvent, defaultFieldPolicy } from '@asana-audit/schema'
import { comparable } from '../asana/audit-log-filters.ts'
import type { Batch, Cursor } from '../contract.ts'
import { httpClient } from '../http/http-client.ts'
import { anyChange } from '../secrets/any-change.ts'
import { watchedSecret } from '../secrets/watched-secret.ts'
import { checkTimes } from './check-times.ts'
import { newestEvent } from './newest-event.ts'
import { pageReader } from './page-reader.ts'
import { contentForm } from './pages/content-form.ts'
import { decodePosition, encodePosition } from './position/asana-cursor.ts'
import {
  type AsanaSource,
  type AsanaSourceOptions,
  checkSourceOptions,
  type ResolvedSourceOptions,
  resolveSourceOptions,
  sourceNames,
} from './source-options.ts'
import { tail } from './tail.ts'

/** Tails the audit log of one workspace. Waits out temporary faults itself; fatal ones reject. */
export function asanaSource(given: AsanaSourceOptions): AsanaSource {
  checkSourceOptions('asanaSource', sourceNames, given)
  return auditLogSource(given, read, fingerprint)
}

/** The common part of all sources of the audit log. */
export function auditLogSource<O extends AsanaSourceOptions>(
  given: O,
  read: (
    options: O & ResolvedSourceOptions,
    cursor?: Cursor,
    signal?: AbortSignal,
  ) => AsyncIterable<Batch<AuditLogEvent>>,
  fingerprintOf: (options: O) => string,
): AsanaSource {
  const resolved = resolveSourceOptions(given)
  const { read: token, changed: tokenChanged } = watchedSecret(given.token, resolved.clock)
  const changed = anyChange(tokenChanged, given.http?.changed)
  const options = { ...resolved, token }
  return {
    fingerprint: fingerprintOf(options),
    contentForm: contentForm(given.fieldPolicy ?? defaultFieldPolicy),
    ...(given.since !== undefined && { since: given.since }),
    read: (cursor, signal) => read(options, cursor, signal),
    newerThan: (at, signal) => newestEvent(options, at, signal),
    ...(changed && { changed }),
  }
}

/** The fingerprint of workspace and filters. */
export function fingerprint({ workspace, filters, until }: AsanaSourceOptions): string {
  return createHash('sha256')
    .update(JSON.stringify([workspace, ...comparable(filters), until]))
    .digest('base64url')
    .slice(0, 22)
}

async function* read(
  options: ResolvedSourceOptions,
  cursor: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch<AuditLogEvent>> {
  const { clock } = options
  if (cursor === undefined) checkTimes(options, clock.now())
  const http = options.http ?? httpClient()
  const reader = pageReader({ ...options, http, clock, signal })
  const at = cursor === undefined ? { startAt: options.since } : decodePosition(cursor)
  try {
    yield* tail({
      ...options,
      ...{ reader, clock, signal, at, resumed: cursor !== undefined, encode: encodePosition },
    })
  } catch (error) {
    if (signal?.aborted) return
    reader.discard()
    throw error
  } finally {
    if (!options.http) await http.close()
  }
}
