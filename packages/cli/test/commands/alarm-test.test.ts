import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { listen } from '../../../../test/support/servers/listen.ts'
import { runCommand } from '../support/run-command.ts'
import { settingFiles } from '../support/setting-files.ts'

const { yamlFile } = settingFiles()
const pipelines = [{ workspace: '1', to: 'stdout' }]

test('alarm test sends to each webhook once, says what each answered, and shows no URL', async () => {
  const bodies: string[] = []
  const takes = await listen(async (request, response) => {
    bodies.push(await text(request))
    response.writeHead(200).end()
  })
  const refuses = await listen((_, response) => response.writeHead(403).end())
  const webhooks = [
    { shape: 'slack', url: `${takes}/SECRET` },
    { shape: 'alertmanager', url: `${refuses}/SECRET` },
  ]
  const config = yamlFile({ alarm: { webhooks }, pipelines })
  const { code, stdout, stderr } = await runCommand(['alarm', 'test', '--config', config])
  expect(code).toBe(1)
  expect(stdout).toContain('✓ The webhook 1 (slack) took the test alarm.')
  expect(stdout).toContain(
    `✗ The webhook 2 (alertmanager) did not take the test alarm. ${refuses} answered 403.`,
  )
  expect(stdout + stderr).not.toContain('SECRET')
  expect(bodies).toHaveLength(1)
  expect(bodies[0]).toContain('This is only a test')
})

test.each([
  ['no alarm', { pipelines }],
  ['no webhook', { alarm: {}, pipelines }],
])('alarm test of a file with %s says what to write', async (_, document) => {
  const { code, stderr } = await runCommand(['alarm', 'test', '--config', yamlFile(document)])
  expect(code).toBe(2)
  expect(stderr).toContain('It has no webhook. Write one, for example alarm: { webhooks:')
})

test('alarm test sends a finding, too, if a pipeline has rules', async () => {
  const bodies: { alarm: string; finding?: object }[] = []
  const url = await listen(async (request, response) => {
    bodies.push(JSON.parse(await text(request)))
    response.writeHead(bodies.length > 2 && bodies.length % 2 === 0 ? 400 : 200).end()
  })
  const config = yamlFile({ alarm: { webhooks: [{ url }] }, pipelines: [{ ...pipelines[0], detect: {} }] })
  const taken = await runCommand(['alarm', 'test', '--config', config])
  expect([taken.code, taken.stdout]).toEqual([
    0,
    expect.stringContaining('took the test alarm and the test finding.'),
  ])
  expect(bodies.map(({ alarm }) => alarm)).toEqual(['drop_off', 'detection'])
  expect(bodies[1]).toMatchObject({
    finding: { rule: { title: 'Test of a finding', level: 'informational' } },
  })
  const refused = await runCommand(['alarm', 'test', '--config', config])
  expect([refused.code, refused.stdout]).toEqual([
    1,
    expect.stringContaining('did not take the test finding. '),
  ])
})
