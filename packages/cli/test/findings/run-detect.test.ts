import { writeFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { listen } from '../../../../test/support/servers/listen.ts'
import { runCommand } from '../support/run-command.ts'
import { testPipeline } from '../support/test-pipeline.ts'

const everyEvent = `
title: Something happened
logsource: { product: asana, service: audit }
detection: { selection: { event_type|exists: true }, condition: selection }
level: high
`

test('a run tells a webhook what its rules find, each finding once over two runs', async () => {
  await using pipeline = await testPipeline({ events: 20 })
  const received: { alarm: string; finding: { id: string; gids: string[] } }[] = []
  const url = await listen(async (request, response) => {
    received.push(JSON.parse(await text(request)))
    response.end()
  })
  writeFileSync(pipeline.file('rule.yml'), everyEvent)
  const { ASANA_WORKSPACE: workspace, ASANA_BASE_URL: base_url } = pipeline.env
  const one = { workspace, base_url, detect: { rules: 'rule.yml' }, to: `file:${pipeline.file('a.jsonl')}` }
  const file = pipeline.file('pipelines.yaml')
  writeFileSync(file, JSON.stringify({ alarm: { webhooks: [{ url }] }, pipelines: [one] }))
  for (const run of ['first', 'second']) {
    const { code, stderr } = await runCommand(['run', '--once', '--config', file], pipeline.env)
    expect({ run, code, stderr: code === 0 ? '' : stderr }).toEqual({ run, code: 0, stderr: '' })
  }
  const gids = pipeline.simulator.events.map(({ gid }) => gid)
  expect(received.flatMap(({ finding }) => finding.gids).toSorted()).toEqual(gids.toSorted())
  expect(new Set(received.map(({ finding }) => finding.id)).size).toBe(20)
  expect(received[0]?.alarm).toBe('detection')
})

test('wrong rules are a sentence each and exit status 2, before anything is asked', async () => {
  await using pipeline = await testPipeline({ events: 20 })
  writeFileSync(pipeline.file('rule.yml'), everyEvent.replace('selection }', 'nothing }'))
  const one = { workspace: '42', to: 'stdout' }
  const file = pipeline.file('pipelines.yaml')
  const pipelines = [
    { ...one, name: 'a', detect: { rules: 'rule.yml' } },
    { ...one, name: 'b', detect: { rules: ['shipped', 'none/'], level: 'loud' } },
  ]
  writeFileSync(file, JSON.stringify({ pipelines }))
  const { code, stderr } = await runCommand(['run', '--once', '--config', file], pipeline.env)
  expect(code).toBe(2)
  expect(stderr).toContain(
    'rule.yml, "Something happened": detection.condition: there is no search identifier nothing',
  )
  expect(stderr).toContain('none/ cannot be read (ENOENT).')
  expect(stderr).toMatch(
    /pipelines\[1\]\.detect\.level\n +"loud" cannot be used\. Give informational, low, medium, high or critical\./,
  )
})
