import { describe, expect, test } from 'vitest'
import { ecsProblems } from './ecs-problems.ts'

// The validator of the other tests must itself be tested: one that accepts everything proves nothing.

function document() {
  return {
    '@timestamp': '2026-01-02T03:04:05.678Z',
    message: 'Export started.',
    tags: ['audit'],
    labels: { tenant: 'acme' },
    ecs: { version: '9.4.0' },
    event: {
      kind: 'event',
      category: ['iam', 'configuration'],
      type: ['admin', 'change'],
      outcome: 'success',
      id: '1200000000000001',
      action: 'workspace_saml_settings_changed',
      provider: 'asana',
      dataset: 'asana.audit',
      created: '2026-01-02T03:04:06Z',
      severity: 14,
      risk_score: 47.5,
    },
    user: {
      id: '7',
      email: 'ada@example.com',
      full_name: 'Ada',
      roles: ['admin'],
      target: { id: '8', roles: ['member'] },
      changes: { roles: ['super_admin'] },
    },
    source: { ip: '192.0.2.7', address: '192.0.2.7', port: 443 },
    user_agent: { original: 'curl/8' },
    organization: { id: '12' },
    related: { user: ['Ada', '7'], ip: ['192.0.2.7', '2001:db8::1'] },
    file: { name: 'plan.pdf', size: 12 },
    asana: { audit: { gid: '1200000000000001', indicators: { ip: ['192.0.2.7'] }, count: 3 } },
  }
}

test('a good document has no problems', () => {
  expect(ecsProblems(document())).toEqual([])
})

test('a document without a category may have any types', () => {
  const { event, ...rest } = document()
  expect(ecsProblems({ ...rest, event: { ...event, category: [], type: ['deletion'] } })).toEqual([])
})

/** The document with another value at a path; undefined removes the field. */
function changed(path: string, value: unknown): unknown {
  const root = structuredClone(document()) as Record<string, unknown>
  const keys = path.split('.')
  const last = keys.pop() as string
  let part = root
  for (const key of keys) {
    part[key] ??= {}
    part = part[key] as Record<string, unknown>
  }
  if (value === undefined) delete part[last]
  else part[last] = value
  return root
}

const texts = [
  ...['event.id', 'event.action', 'event.provider', 'event.dataset', 'event.kind', 'event.outcome'],
  ...['message', 'user.id', 'user.email', 'user.target.id', 'user_agent.original', 'organization.id'],
  ...['source.address', 'file.name', 'ecs.version', '@timestamp', 'event.created'],
]
const lists = ['event.category', 'event.type', 'related.user', 'related.ip', 'user.roles', 'tags']
const required = [
  ...['@timestamp', 'ecs.version', 'event.kind', 'event.category', 'event.type', 'event.outcome'],
  ...['event.id', 'event.action', 'event.provider', 'event.dataset'],
]

const mutations: [string, unknown][] = [
  ...required.map((path): [string, unknown] => [path, undefined]),
  ...texts.flatMap((path): [string, unknown][] => [
    [path, 7],
    [path, null],
    [path, ''],
    [path, ['a list']],
    [path, { of: 'what' }],
  ]),
  ...lists.flatMap((path): [string, unknown][] => [
    [path, 'no list'],
    [path, [7]],
    [path, [['nested']]],
    [path, null],
  ]),
  ['message', 'half a \ud800 pair'],
  ['related.user', []],
  ['related.user', ['Ada', 'Ada']],
  ['event.kind', 'audit'],
  ['event.outcome', 'ok'],
  ['event.category', ['administration']],
  ['event.category', ['iam', 'iam']],
  ['event.type', ['changed']],
  // Each is a type of other categories.
  ['event.type', ['start']],
  ['event.type', ['access', 'allowed']],
  ['event.category', ['file']],
  ['event.category', ['authentication']],
  ['event.severity', '14'],
  ['event.severity', 1.5],
  ['event.risk_score', 'high'],
  ['event.risk_score', Number.NaN],
  ['source.port', '443'],
  ['source.ip', '192.0.2.256'],
  ['source.ip', '192.0.2.7:443'],
  ['source.ip', 'unknown'],
  ['source.ip', ['192.0.2.7']],
  ['related.ip', ['example.com']],
  ['@timestamp', '2026-02-30T00:00:00Z'],
  ['@timestamp', '2026-01-02 03:04:05'],
  ['@timestamp', '2026-01-02T03:04:05'],
  ['@timestamp', '2026-01-02T03:04:60Z'],
  ['@timestamp', '2026-01-02T03:04:05.1234567890Z'],
  ['@timestamp', 1_767_323_045],
  ['ecs.version', '8.11.0'],
  ['labels', 'acme'],
  ['user', 'ada'],
  ['user.nickname', 'ada'],
  ['user.target', 'ada'],
  ['event.actor', 'ada'],
  ['user.target', {}],
  ['audit.gid', '1'],
  ['gid', '1'],
  ['asana', 'audit'],
  ['asana.audit.gid', null],
  ['asana.audit.gid', [1, 2]],
  ['asana.audit.details', [{ old: 1 }]],
  ['asana.audit.Details', 'x'],
  ['asana.audit.half', '\ud800'],
]

describe('a document with one thing wrong is refused', () => {
  test('and there are many such documents', () => {
    expect(mutations.length).toBeGreaterThanOrEqual(50)
  })

  test.each(mutations)('%s: %j', (path, value) => {
    expect(ecsProblems(changed(path, value))).not.toEqual([])
  })

  test.each([[undefined], [null], ['text'], [[]], [{}]])('%j', (value) => {
    expect(ecsProblems(value)).not.toEqual([])
  })
})
