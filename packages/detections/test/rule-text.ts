import type { AuditLogEvent } from '@asana-audit/schema'
import { stringify } from 'yaml'
import { type Rule, readRules } from '../src/index.ts'

/** The rules of these documents. Fails with their problems if there are any. */
export function rulesOf(...documents: readonly object[]): readonly Rule[] {
  const read = readRules([{ name: 'test.yml', text: yaml(documents) }])
  if ('problems' in read) throw new Error(read.problems.map(({ message }) => message).join('\n'))
  return read.rules
}

/** The problems of these documents. */
export function problemsOf(...documents: readonly object[]): string[] {
  const read = readRules([{ name: 'test.yml', text: yaml(documents) }])
  return 'problems' in read ? read.problems.map(({ message }) => message) : []
}

/** The warnings about these documents. */
export function warningsOf(...documents: readonly object[]): string[] {
  const read = readRules([{ name: 'test.yml', text: yaml(documents) }])
  if ('problems' in read) throw new Error(read.problems.map(({ message }) => message).join('\n'))
  return read.warnings.map(({ message }) => message)
}

function yaml(documents: readonly object[]): string {
  return documents.map((document) => stringify(document)).join('---\n')
}

/** A rule with this detection. */
export function eventRule(detection: object, more: object = {}): object {
  return { title: 'A rule', logsource: { product: 'asana', service: 'audit' }, detection, ...more }
}

/** A rule with one search identifier. */
export function search(selection: unknown): object {
  return eventRule({ selection, condition: 'selection' })
}

export function event(changes: Record<string, unknown> = {}): AuditLogEvent {
  return {
    gid: '1',
    created_at: '2026-11-02T09:00:00.000Z',
    event_type: 'user_login_succeeded',
    actor: { actor_type: 'user', gid: '501', name: 'Ada Lovelace', email: 'ada@example.com' },
    resource: { resource_type: 'user', gid: '501', name: null },
    details: { method: ['SAML', 'ONE_TIME_KEY'], path: 'C:\\temp\\*.csv', count: 7, big: '12', empty: '' },
    context: { context_type: 'web', client_ip_address: '2001:db8::7', admin: true },
    ...changes,
  }
}
