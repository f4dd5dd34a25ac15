import { expect, test } from 'vitest'
import { didYouMean, meantNames } from '../../src/terminal/did-you-mean.ts'

const known = ['otlp', 'splunk-hec', 'token_file', 'token_env', 'token_exec', 'workspace', '--event-type']

test.each([
  ['otpl', ['otlp']],
  ['OTLP', ['otlp']],
  ['splunk', ['splunk-hec']],
  ['token', ['token_file', 'token_env', 'token_exec']],
  ['hec', ['splunk-hec']],
  ['type', ['--event-type']],
  ['otlp_over_http', ['otlp']],
  ['workspace_gid', ['workspace']],
  ['--event', ['--event-type']],
  ['to', []],
  ['kafka', []],
  ['otlp', []],
])('%s may mean %j', (name, meant) => {
  expect(meantNames(name, known)).toEqual(meant)
})

test('more than three names that begin alike are no help', () => {
  expect(meantNames('token', [...known, 'token_vault'])).toEqual([])
})

test('the question names all that may be meant, and is empty without any', () => {
  expect(didYouMean('splunk', known)).toBe(' Did you mean splunk-hec?')
  expect(didYouMean('token', known)).toBe(' Did you mean token_file, token_env or token_exec?')
  expect(didYouMean('kafka', known)).toBe('')
})
