import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { toAsim } from '../../packages/schema/src/dialects/asim.ts'
import { toCim } from '../../packages/schema/src/dialects/cim.ts'
import { toEcs } from '../../packages/schema/src/dialects/ecs.ts'
import { toPanther } from '../../packages/schema/src/dialects/panther.ts'
import { toUdm } from '../../packages/schema/src/dialects/udm.ts'
import type { AuditLogEvent } from '../../packages/schema/src/index.ts'
import samples from '../../packages/schema/test/fixtures/sample-events.json' with { type: 'json' }
import { codeBlocks } from '../support/readme-example.ts'

const started = samples.find(({ event_type }) => event_type === 'workspace_export_started')

test.each([
  ['ecs', (one: AuditLogEvent) => toEcs(one, { workspace: '12345', observedTimestamp: [1671218780, 0] })],
  ['cim', (one: AuditLogEvent) => toCim(one, { workspace: '12345' })],
  ['panther', (one: AuditLogEvent) => toPanther(one)],
  ['udm', (one: AuditLogEvent) => toUdm(one, { workspace: '12345', observedTimestamp: [1671218780, 0] })],
  ['asim', (one: AuditLogEvent) => toAsim(one, { workspace: '12345' })],
])('docs/dialects/%s.md shows a sample, and what the view makes of it', (name, view) => {
  const page = readFileSync(new URL(`../../docs/dialects/${name}.md`, import.meta.url), 'utf8')
  const [event, seen] = codeBlocks(page, 'json').map((block) => JSON.parse(block))
  expect(event).toEqual(started)
  expect(seen).toEqual(view(event))
})
