import { expect, test } from 'vitest'
import { toEcs } from '../../packages/schema/src/dialects/ecs.ts'
import { ecsField } from '../../scripts/dashboards/opensearch/lucene-query.ts'
import { rows } from '../../scripts/dashboards/rows.ts'
import { countsBy, recordsOf } from '../support/dashboards/expected.ts'
import { context, storedRecords, workspace } from '../support/dashboards/records.ts'
import { corpus } from '../support/stores/corpus.ts'

const { simulated, hostile } = corpus(Date.parse('2026-11-09T00:00:00Z'))
const written = storedRecords([...simulated, ...hostile])
const panels = rows.flatMap((row) => row.panels)

test('every attribute that a dashboard groups by is in a record', () => {
  const names = panels.flatMap((panel) => ('by' in panel ? [panel.by] : []))
  expect(names.length).toBeGreaterThan(10)
  expect([...new Set(names)].filter((name) => countsBy(name, written).size === 0)).toEqual([])
})

test('every text that a dashboard asks an attribute for is in a record', () => {
  const asked = panels.flatMap(({ where = {} }) =>
    Object.entries(where).flatMap(([name, texts]) => texts.map((text) => ({ [name]: [text] }))),
  )
  expect(asked.length).toBeGreaterThan(40)
  const inVain = asked.filter((where) => {
    const panel = { kind: 'stat', title: '', width: 6, where } as const
    return recordsOf(panel, written).length === 0
  })
  expect(inVain).toEqual([])
})

test('every field that OpenSearch Dashboards asks for is in a document in ECS', () => {
  const names = panels.flatMap((panel) =>
    ['by' in panel ? panel.by : [], Object.keys(panel.where ?? {})].flat(),
  )
  const documents = [...simulated, ...hostile].map((event) => toEcs(event, { workspace, context }))
  const inVain = [...new Set(names)]
    .map(ecsField)
    .filter((field) => !documents.some((document) => at(document, field) !== undefined))
  expect(inVain).toEqual([])
})

function at(document: object, path: string): unknown {
  return path.split('.').reduce<unknown>((part, name) => Object(part)[name], document)
}
