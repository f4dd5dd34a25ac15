import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { runCommand } from '../support/run-command.ts'

const wrongFlags: [command: string[], settings: string[], told: string][] = [
  [
    ['query', '--log', 'loud', '--give-up-after', '3', '--window', '2', '--since', '7', '--around', '1'],
    ['--log', '--give-up-after', '--window', '--since'],
    'Give for example 3m.',
  ],
  [
    ['query', '--from', 'none', '--since', '7', '--until', 'x'],
    ['--from', '--since', '--until'],
    'Give for example 7d.',
  ],
  [['convert', '--format', 'x', '--log', 'loud', 'none'], ['--format', '--log', 'file'], 'otlp, event'],
  [
    ['simulate', '--latency', '3', '--port', '99999', '--events', '1.5', '--days', '0', '--fault-rate', '2'],
    ['--latency', '--port', '--events', '--days', '--fault-rate'],
    'Give for example 3s.',
  ],
  [['simulate', '--events', '1000000000'], ['--events'], 'up to 500000'],
  [['verify', '--to', 'kafka', '--since', '1d', '--until', '2d'], ['--to', '--until'], 'not after since'],
  [['detect', '--level', 'x', '--log', 'loud', '--rules', 'none'], ['--level', '--log', '--rules'], 'json'],
]

test.for(wrongFlags)('%j: every problem is reported at once', async ([command, settings, message]) => {
  const env = { ASANA_TOKEN: 't', ASANA_WORKSPACE: '1' }
  const { code, stdout, stderr } = await runCommand(command, env)
  expect([code, stdout]).toEqual([2, ''])
  for (const setting of settings) expect(stderr).toContain(`  ${setting}\n`)
  expect(stderr).toContain(message)
})

test('unknown flags, a missing flag and a flag given twice are reported at once, with the nearest names', async () => {
  const command = ['convert', '--formt=ecs', '--lgo', 'human', '--workspace', '1', '--workspace', '2']
  const { code, stdout, stderr } = await runCommand(command)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('4 problems')
  expect(stderr).toMatch(/--formt\n +This option is unknown\. Did you mean --format\?/)
  expect(stderr).toMatch(/--lgo\n +This option is unknown\. Did you mean --log\?/)
  expect(stderr).toMatch(/--format\n +It is required: --format <dialect>\. Give one of otlp, event, /)
  expect(stderr).toMatch(/--workspace\n +It is given 2 times/)
  expect(stderr).toContain('(asana-audit convert --help shows its options)')
})

test('a missing value at the end, an argument too many and an unknown flag are reported at once', async () => {
  const { code, stdout, stderr } = await runCommand(['run', 'now', '--to', 'stdout', '--oncee', '--limit'])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('3 problems')
  expect(stderr).toMatch(/--oncee\n +This option is unknown\. Did you mean --once\?/)
  expect(stderr).toMatch(/--limit\n +Its value is missing: --limit <number>\./)
  expect(stderr).toMatch(/now\n +This argument is one too many: run takes no argument\./)
})

test('a flag is not taken as the value of the flag before it', async () => {
  const { code, stderr } = await runCommand(['run', '--to', '--limit'])
  expect(code).toBe(2)
  expect(stderr).toMatch(/--to\n +Its value is missing: .* After it comes --limit, which is a flag\./)
})

test.each([
  [['rum', '--oncee'], /rum\n +This command is unknown\. Did you mean run\?/],
  [['state', 'shw'], /shw\n +This command is unknown\. Did you mean show\?/],
  [
    ['state', 'print'],
    /print\n +This command is unknown\. There are show, rewind, forget, export, import, help\./,
  ],
  [['--once', 'run'], /--once\n +Write it after a command that has it: run\./],
  [['quarantine', 'show', '--state', 'x'], /number\n +It is missing\. Write it after quarantine show\./],
  [
    ['quarantine', 'show', '1', '2'],
    /2\n +This argument is one too many: quarantine show takes only number\./,
  ],
  [['quarantine', 'show', ''], /number\n +It is empty\./],
  [['query', 'a.jsonl'], /a\.jsonl\n +This argument is one too many: .*To read it, write --from a\.jsonl;/],
  [['run', 'p.yaml'], /p\.yaml\n +This argument is one too many: .*Write --config p\.yaml\./],
])('%j is refused in the same form as a wrong setting', async (command, told) => {
  const { code, stdout, stderr } = await runCommand(command)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/^One problem with the configuration/)
  expect(stderr).toMatch(told)
})

test('a word after an unknown flag may be its value, and is not counted as an argument', async () => {
  const { code, stderr } = await runCommand(['quarantine', 'show', '--foo', '1'])
  expect(code).toBe(2)
  expect(stderr).toMatch(/^One problem.*\n\n +--foo\n/)
})

test('a value for a flag that takes none is refused, and the flag is not called unknown', async () => {
  const { code, stderr } = await runCommand(['run', '--to', 'stdout', '--once=yes', '--help=1'])
  expect(code).toBe(2)
  expect(stderr).toMatch(/--once\n +It takes no value\. Write --once, or leave it out\./)
  expect(stderr).toMatch(/--help\n +It takes no value\. Write --help, or leave it out\./)
  expect(stderr).not.toContain('unknown')
})

test('a flag of another command is refused with the names of the commands that have it', async () => {
  const { code, stderr } = await runCommand(['check', '--to', 'stdout', '--once'])
  expect(code).toBe(2)
  expect(stderr).toMatch(
    /--once\n +The command check does not have this option\. These commands have it: run\./,
  )
  expect(stderr).not.toContain('--since')
})

test('a word after -- is an argument, even if it looks like a flag', async () => {
  const { code, stderr } = await runCommand(['convert', '--format', 'ecs', '--', '--formt'])
  expect(code).toBe(2)
  expect(stderr).toContain('--formt cannot be read (ENOENT)')
  expect(stderr).not.toMatch(/unknown|does not have this option/)
})

test('--help shows the help even beside a wrong flag', async () => {
  const { code, stdout, stderr } = await runCommand(['run', '--oncee', '--help'])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain('Usage: asana-audit run')
})

test.each([
  [['run', '--to', 'flie:x'], '--to', 'Did you mean file:x?'],
  [['run', '--to', 'splunk'], '--to', 'Did you mean splunk-hec?'],
  [['run', '--to', 'stdout', '--format', 'otpl'], '--format', 'Did you mean otlp?'],
  [['run', '--to', 'stdout', '--log-level', 'warning'], '--log-level', 'Did you mean warn?'],
  [['query', '--format', 'ecss'], '--format', 'Did you mean ecs?'],
  [['query', '--output', 'jsnl'], '--output', 'Did you mean jsonl?'],
  [['detect', '--level', 'hgih'], '--level', 'Did you mean high?'],
  [['simulate', '--mix', 'everday'], '--mix', 'Did you mean everyday?'],
  [['run', '--to', 'stdout', '--actor', 'x'], '--actor', '--actor-type, --actor-gid or --actor-email?'],
])('%j is refused with what was probably meant', async (command, setting, meant) => {
  const { code, stdout, stderr } = await runCommand(command, { ASANA_TOKEN: 't', ASANA_WORKSPACE: '1' })
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/^One problem/)
  expect(stderr).toContain(`\n  ${setting}\n`)
  expect(stderr).toContain(meant)
})

test.each([
  [['run', '--to', 'stdout', '--workspace', 'acme'], '--workspace'],
  [['query', '--gid', 'abc'], '--gid'],
  [['query', '--actor-gid', 'ada@example.com'], '--actor-gid'],
  [['explain', 'abc', '--to', 'stdout'], 'gid'],
  [['simulate', '--workspace', 'acme'], '--workspace'],
])('%j: what cannot be a gid is refused before Asana is asked', async (command, setting) => {
  const { code, stderr } = await runCommand(command, { ASANA_TOKEN: 't', ASANA_WORKSPACE: '1' })
  expect(code).toBe(2)
  expect(stderr).toMatch(/^One problem/)
  expect(stderr).toMatch(new RegExp(`\\n {2}${setting}\\n.*for example \\d`))
})

test('a port in use is a problem of its flag', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const { code, stderr } = await runCommand(['simulate', '--port', String(port)])
  expect(code).toBe(2)
  expect(stderr).toMatch(/\n {2}--port\n +Port \d+ cannot be used \(EADDRINUSE\)\. Give another one/)
  taken.close()
})

test.each([
  [['query', '--output', 'csv'], '--output jsonl', '--output csv'],
  [['query', '--output', 'table'], '--output jsonl', '--output table'],
  [['run', '--log', 'human'], '--log json', '--log human'],
])('--json is refused after %j, because they are two answers to one question', async (words, one, other) => {
  const [command = '', ...flags] = words
  for (const args of [
    [command, ...flags, '--json'],
    [command, '--json', ...flags],
  ]) {
    const { code, stdout, stderr } = await runCommand(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(
      `  --json\n      It means ${one}, but ${other} is given as well. Leave out one of the two.`,
    )
  }
})

test('--json beside what it means changes nothing', async () => {
  const { code, stderr } = await runCommand(['query', '--json', '--output', 'jsonl', '--from', 'none'])
  expect([code, stderr]).toEqual([2, expect.not.stringContaining('--json')])
})

test.each([
  [['run', '--token', 'S3cret'], '--token', 'ASANA_TOKEN'],
  [['verify', '--asana-token=S3cret'], '--asana-token', 'ASANA_TOKEN'],
  [['run', '--token-file', '/run/secrets/token'], '--token-file', 'ASANA_TOKEN'],
  [['run', '--hec-token', 'S3cret'], '--hec-token', 'SPLUNK_HEC_TOKEN'],
  [['run', '--panther-secret', 'S3cret'], '--panther-secret', 'PANTHER_HTTP_SECRET'],
])('a secret on the command line is refused with the variable to use: %j', async (words, flag, variable) => {
  const { code, stderr } = await runCommand(words)
  expect(code).toBe(2)
  expect(stderr).toContain(`  ${flag}\n      A secret is not given on the command line`)
  expect(stderr).toContain(`the variable ${variable}, or the path of its file into ${variable}_FILE.`)
  expect(stderr).not.toContain('S3cret')
})

test('a flag that begins like a secret is still found', async () => {
  const { stderr } = await runCommand(['fleet', 'tenant', 'add', 'acme', '--token', 'env:ACME'])
  expect(stderr).toContain('Did you mean --token-ref?')
})
