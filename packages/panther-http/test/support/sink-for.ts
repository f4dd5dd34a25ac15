import type { Sink } from '@asana-audit/core'
import type { AuditLogEvent } from '@asana-audit/schema'
import { onTestFinished } from 'vitest'
import { type PantherSinkOptions, pantherSink } from '../../src/index.ts'
import type { PantherSource } from './panther-source.ts'

export const secret = 'S3cretOfTheTest'

export const neverAborted: AbortSignal = new AbortController().signal

/** A sink for one test. */
export function sinkFor(
  { url }: Pick<PantherSource, 'url'>,
  options: Partial<PantherSinkOptions> = {},
): Sink<object> {
  const sink = pantherSink({ url, secret, ...options })
  onTestFinished(() => sink.close?.())
  return sink
}

export function event(number: number, details: Record<string, unknown> = {}): AuditLogEvent {
  return {
    gid: String(number),
    created_at: new Date(Date.UTC(2026, 0, 1) + number * 1_000).toISOString(),
    event_type: 'user_login_succeeded',
    event_category: 'logins',
    actor: { actor_type: 'user', gid: '7', email: 'ada@example.com', name: 'Ada' },
    resource: { resource_type: 'user', gid: '7' },
    context: { context_type: 'web' },
    details,
  }
}

export function events(count: number): AuditLogEvent[] {
  return Array.from({ length: count }, (_, number) => event(number))
}

export function gids({ classified }: PantherSource): string[] {
  return classified.map(({ gid }) => String(gid)).sort((one, other) => Number(one) - Number(other))
}
