import { expect, test } from 'vitest'
import { webhookBody } from '../../src/alarm/webhook-body.ts'
import type { WebhookShape } from '../../src/config/monitoring/webhook.ts'
import type { Finding } from '../../src/progress/finding/finding.ts'

const now = Date.parse('2026-03-01T12:00:00Z')
const at = now - 60_000

const finding: Finding = {
  ...{ id: 'f1', at, count: 3, gids: ['7', '8', '9'], group: { 'actor.gid': '501' }, from: '192.0.2.7' },
  message: 'Three <failed> logins & more (high): by ada@example.com.',
  rule: { id: 'r1', title: 'Three <failed> logins', level: 'high', tags: ['attack.t1078'] },
  actor: { gid: '501', email: 'ada@example.com' },
}

function bodyOf(shape: WebhookShape, level: Finding['rule']['level'] = 'high'): unknown {
  const told = { ...finding, rule: { ...finding.rule, level } }
  const alarm = { pipeline: 'acme', kind: 'detection', finding: told, state: 'ALARM', since: at } as const
  return JSON.parse(webhookBody(shape, { alarm: { ...alarm, message: told.message }, replaced: 0, now }))
}

test('the JSON body of a finding has all of it, and says nothing twice', () => {
  const { at: _, message, ...rest } = finding
  expect(bodyOf('json')).toEqual({
    ...{ version: 1, pipeline: 'acme', alarm: 'detection', state: 'ALARM', replaced: 0 },
    ...{ since: '2026-03-01T11:59:00.000Z', message, finding: rest },
  })
})

test('the Slack body of a finding is its sentence, and no markup of a rule gets through', () => {
  expect(bodyOf('slack')).toEqual({
    text: ':rotating_light: ALARM detection, acme: Three &lt;failed&gt; logins &amp; more (high): by ada@example.com.',
  })
})

test('for Alertmanager each finding is an alert of its own, as severe as its rule, and ends in an hour', () => {
  const labels = {
    ...{ alertname: 'AsanaAudit', alarm: 'detection', pipeline: 'acme', severity: 'critical' },
    ...{ finding: 'f1', rule: 'Three <failed> logins', level: 'high' },
  }
  expect(bodyOf('alertmanager')).toEqual([
    {
      labels,
      annotations: { summary: 'acme: detection', description: finding.message },
      ...{ startsAt: '2026-03-01T11:59:00.000Z', endsAt: '2026-03-01T13:00:00.000Z' },
    },
  ])
  expect(bodyOf('alertmanager', 'medium')).toMatchObject([
    { labels: { severity: 'warning', level: 'medium' } },
  ])
})
