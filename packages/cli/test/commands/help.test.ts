import { pantherHttpOptionsFromEnv } from '@asana-audit/panther-http'
import { hecOptionsFromEnv } from '@asana-audit/splunk-hec'
import { expect, test } from 'vitest'
import type { AnyCommand } from '../../src/flags/command.ts'
import { environment } from '../../src/flags/help.ts'
import { program } from '../../src/program.ts'

test('the help names every environment variable that is read for Splunk', async () => {
  const read = new Set<string>()
  // Without an address and a token the rest is not read.
  const set: Record<string, string> = { URL: 'https://splunk.example:8088', TOKEN: 'abc' }
  const get = (_: object, variable: string | symbol): string | undefined => {
    const name = String(variable).replace('SPLUNK_HEC_', '')
    read.add(name)
    return set[name]
  }
  await hecOptionsFromEnv(new Proxy({}, { get }))
  for (const name of ['SOURCE', 'ACK']) expect(read).toContain(name)
  const [splunk = ''] = /SPLUNK_HEC_\*[\s\S]*?(?=PANTHER)/.exec(environment) ?? []
  for (const name of read) expect(splunk.split(/[\s,]+/)).toContain(name)
})

test('the help names every environment variable that is read for Panther', async () => {
  const read = new Set<string>()
  const set: Record<string, string> = { URL: 'https://logs.example/http/1', SECRET: 'abc' }
  const get = (_: object, variable: string | symbol): string | undefined => {
    const name = String(variable).replace('PANTHER_HTTP_', '')
    read.add(name)
    return set[name]
  }
  await pantherHttpOptionsFromEnv(new Proxy({}, { get }))
  for (const name of ['AUTH', 'HMAC_ENCODING']) expect(read).toContain(name)
  const [panther = ''] = /PANTHER_HTTP_\*[\s\S]*?(?=OTEL_RES)/.exec(environment) ?? []
  for (const name of read) expect(panther.split(/[\s,]+/)).toContain(name)
})

test('the help says when a token file is read', () => {
  expect(environment).toContain('read again when it changes')
})

const commands = everyCommand(await program(() => {}))

test.for(commands)('the help of %s fits a terminal of 80 columns', ([, command]) => {
  const help = helpOf(command)
  expect(help).toContain('Usage: asana-audit')
  expect(help.split('\n').filter((line) => line.length > 80)).toEqual([])
})

test.for(commands)('the help of %s says once at most what its exit statuses mean', ([, command]) => {
  expect(helpOf(command).split('Exit status:').length).toBeLessThanOrEqual(2)
})

test.each([
  ['replay', ['--limit', '--base-url', '--requests-per-minute', '--archive-formats']],
  ['explain', ['--format', '--hec-format', '--limit', '--provenance']],
  ['quarantine replay', ['--since', '--limit', '--event-type', '--base-url']],
])('%s has no flag that would do nothing', (words, flags) => {
  const [, command] = commands.find(([name]) => name === `asana-audit ${words}`)!
  const known = command.options.map(({ long }) => long)
  expect(known).toContain('--workspace')
  for (const flag of flags) expect(known).not.toContain(flag)
})

function helpOf(command: AnyCommand): string {
  let help = ''
  command.configureHelp({ helpWidth: 80 }).configureOutput({ writeOut: (text) => (help += text) })
  command.outputHelp()
  return help
}

function everyCommand(command: AnyCommand, parents = ''): [words: string, AnyCommand][] {
  const words = `${parents}${command.name()}`
  return [[words, command], ...command.commands.flatMap((sub) => everyCommand(sub, `${words} `))]
}
