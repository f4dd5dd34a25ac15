import { hecOptionsFromEnv } from '@asana-audit/splunk-hec'
import { expect, test } from 'vitest'
import { environment } from '../../src/commands/command-options.ts'

test('the help names every variable that is read for Splunk', async () => {
  const read = new Set<string>()
  // With an address and a token, or the rest is not read.
  const set: Record<string, string> = { URL: 'https://splunk.example:8088', TOKEN: 'abc' }
  const get = (_: object, variable: string | symbol): string | undefined => {
    const name = String(variable).replace('SPLUNK_HEC_', '')
    read.add(name)
    return set[name]
  }
  await hecOptionsFromEnv(new Proxy({}, { get }))
  for (const name of ['SOURCE', 'ACK']) expect(read).toContain(name)
  const [splunk = ''] = /SPLUNK_HEC_\*[\s\S]*?(?=OTEL_RES)/.exec(environment) ?? []
  for (const name of read) expect(splunk.split(/[\s,]+/)).toContain(name)
})

test('the help fits a narrow terminal and says when a token file is read', () => {
  expect(environment).toContain('read before every request')
  for (const line of environment.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
})
