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

test.for(commands)('the help of %s has never two empty lines, and ends with one', ([, command]) => {
  const help = helpOf(command)
  expect(help).not.toContain('\n\n\n')
  expect(help).toMatch(/[^\n]\n$/)
})

test.each([
  ['query', ['OTEL_', 'SPLUNK_', 'PANTHER_', 'ASANA_AUDIT_STATE']],
  ['report', ['OTEL_', 'SPLUNK_', 'PANTHER_', 'ASANA_AUDIT_STATE']],
  ['detect', ['OTEL_', 'SPLUNK_', 'PANTHER_', 'ASANA_AUDIT_STATE']],
  ['convert', ['ASANA_', 'OTEL_', 'SPLUNK_', 'PANTHER_']],
  ['replay', ['ASANA_TOKEN', 'ASANA_BASE_URL']],
])('the help of %s names no variable that it does not read', (words, variables) => {
  const help = helpFor(words)
  expect(help).toContain('HTTPS_PROXY')
  for (const name of variables) expect(help).not.toContain(name)
})

test.each([
  ['detect', 'hits were found', 'quarantine'],
  ['report', 'something could not be read', 'quarantine'],
  ['verify', 'hours differ', 'hits'],
  ['quarantine replay', 'some are still in quarantine', 'hits'],
])('the help of %s says what its own exit statuses mean', (words, own, other) => {
  const [, statuses = ''] = helpFor(words).split('Exit status:')
  expect(statuses.replaceAll(/\s+/g, ' ')).toContain(own)
  expect(statuses).not.toContain(other)
})

test('the help of replay offers no archive to write into', () => {
  expect(helpFor('replay')).toMatch(/--to <destination> +otlp/)
  expect(helpFor('replay')).not.toContain('archive:PATH')
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

function helpFor(words: string): string {
  const [, command] = commands.find(([name]) => name === `asana-audit ${words}`)!
  return helpOf(command)
}

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
