import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { toAsim } from '../../packages/schema/src/dialects/asim.ts'
import { toCim } from '../../packages/schema/src/dialects/cim.ts'
import { toEcs } from '../../packages/schema/src/dialects/ecs.ts'
import { toPanther } from '../../packages/schema/src/dialects/panther.ts'
import { toUdm } from '../../packages/schema/src/dialects/udm.ts'
import type { AuditLogEvent } from '../../packages/schema/src/index.ts'
import samples from '../../packages/schema/test/fixtures/sample-events.json' with { type: 'json' }
import { temporaryFolder } from '../support/commands/run-command.ts'
import { pageShell } from '../support/pages/page-shell.ts'
import { codeBlocks } from '../support/pages/readme-example.ts'

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

test('the commands of docs/dialects/asim.md make a rule and a table of your names', async () => {
  const page = readFileSync(new URL('../../docs/dialects/asim.md', import.meta.url), 'utf8')
  // A step of the list is indented.
  const blocks = codeBlocks(page.replaceAll(/^ {3}/gm, ''), 'sh')
  const commands = blocks.filter((block) => block.includes('az '))
  expect(commands).toHaveLength(2)
  const folder = temporaryFolder()
  const names = { SUBSCRIPTION: 'sub-1', GROUP: 'my-group', WORKSPACE: 'my-space', LOCATION: 'westeurope' }
  const { run } = pageShell('docs/dialects/asim.md', folder, { env: names })
  // Nothing here is Azure: it says what it was asked for.
  writeFileSync(join(folder, 'programs', 'az'), '#!/bin/sh\necho "$@"\n', { mode: 0o755 })

  const [made, put] = await run(commands)

  expect(made).toContain('--resource-group my-group --location westeurope --rule-file rule.json')
  const rule = readFileSync(join(folder, 'rule.json'), 'utf8')
  expect(rule).not.toMatch(/SUBSCRIPTION|GROUP|WORKSPACE|LOCATION/)
  const space =
    '/subscriptions/sub-1/resourceGroups/my-group/providers/Microsoft.OperationalInsights/workspaces/my-space'
  expect(JSON.parse(rule)).toMatchObject({
    location: 'westeurope',
    properties: { destinations: { logAnalytics: [{ workspaceResourceId: space }] } },
  })
  expect(put).toContain(`management.azure.com${space}/tables/AsanaAudit_CL?`)
  const table = JSON.parse(readFileSync(join(folder, 'table.json'), 'utf8'))
  expect(table.properties.schema.name).toBe('AsanaAudit_CL')
})
