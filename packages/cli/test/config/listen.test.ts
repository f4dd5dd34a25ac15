import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type ListenFlags, type ListenSettings, readListen } from '../../src/config/monitoring/listen.ts'
import type { Problem } from '../../src/terminal/problem.ts'
import { runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const inFolder = temporaryFolder()

function read(flags: ListenFlags): ListenSettings | undefined | Problem[] {
  const problems: Problem[] = []
  const settings = readListen(flags, undefined, problems)
  return problems.length > 0 ? problems : settings
}

test('an address is a host and a port, or a port of this machine', () => {
  const at = (listen: string): unknown => read({ listen, listenWithoutToken: true })
  expect(at('127.0.0.1:9464')).toMatchObject({ host: '127.0.0.1', port: 9464, isLoopback: true })
  expect(at('9464')).toMatchObject({ host: '127.0.0.1', port: 9464, isLoopback: true })
  expect(at('localhost:0')).toMatchObject({ host: 'localhost', isLoopback: true })
  expect(at('[::1]:9464')).toMatchObject({ host: '::1', isLoopback: true })
  expect(at('[::]:9464')).toMatchObject({ host: '::', isLoopback: false })
  expect(at('0.0.0.0:9464')).toMatchObject({ host: '0.0.0.0', isLoopback: false })
  expect(at('127.0.0.1.example.com:1')).toMatchObject({ isLoopback: false })
  for (const wrong of [
    '',
    ':9464',
    '127.0.0.1',
    '127.0.0.1:',
    '::1:9464',
    'http://127.0.0.1:9464',
    '1:65536',
  ]) {
    expect(at(wrong)).toEqual([
      { setting: '--listen', message: expect.stringContaining('for example "127.0.0.1:9464"') },
    ])
  }
})

test('an address that others reach needs a token, or the word that it is open', () => {
  const listen = '0.0.0.0:9464'
  expect(read({ listen })).toEqual([
    { setting: '--listen', message: expect.stringMatching(/need a token.*listen_without_token: true/) },
  ])
  expect(read({ listen, listenWithoutToken: true })).toMatchObject({ token: undefined })
  writeFileSync(inFolder('token'), 'a-token-of-a-good-length\n')
  const listenTokenFile = inFolder('token')
  expect(read({ listen, listenTokenFile })).toMatchObject({ token: expect.any(Function) })
  expect(read({ listen, listenTokenFile, listenWithoutToken: true })).toEqual([
    { setting: '--listen-without-token', message: 'listen_token_file is set as well. Keep one of the two.' },
  ])
})

test('a token that can be guessed, and a file that is missing, are problems', () => {
  writeFileSync(inFolder('short'), 'secret\n')
  writeFileSync(inFolder('blanks'), 'three words that are long\n')
  for (const name of ['short', 'blanks', 'none']) {
    const found = read({ listen: '0.0.0.0:9464', listenTokenFile: inFolder(name) }) as Problem[]
    expect(found.map(({ setting }) => setting)).toEqual(['--listen-token-file'])
    expect(JSON.stringify(found)).not.toContain('"secret"')
  }
})

test('settings without listen have no effect, which is a problem', () => {
  expect(read({})).toBeUndefined()
  expect(read({ listenHost: ['a.example'], listenWithoutToken: true })).toEqual([
    { setting: '--listen-host', message: expect.stringContaining('without listen') },
    { setting: '--listen-without-token', message: expect.stringContaining('without listen') },
  ])
})

test('all problems of a file come at once, each with its line and a good value', async () => {
  const config = inFolder('wrong.yaml')
  writeFileSync(
    config,
    [
      'listen: { port: 9464 }',
      'listen_token_file: 7',
      'listen_hosts: audit.example.com',
      'listen_without_token: maybe',
      'listen_host: a.example',
      'pipelines: [{ workspace: "1", to: otlp }]',
    ].join('\n'),
  )
  const { code, stderr } = await runCommand(['run', '--config', config], { ASANA_TOKEN: 'secret' })
  expect(code).toBe(2)
  const named = ['listen', 'listen_token_file', 'listen_hosts', 'listen_without_token', 'listen_host']
  for (const [index, name] of named.entries()) {
    expect(stderr).toContain(`${config}, line ${index + 1}: ${name}\n`)
  }
  expect(stderr).toContain('Did you mean listen_hosts?')
})
