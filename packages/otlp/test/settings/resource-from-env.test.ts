import { expect, test } from 'vitest'
import { resourceFromEnv } from '../../src/index.ts'

test.each<[Record<string, string>, Record<string, string>]>([
  [{}, {}],
  [{ OTEL_RESOURCE_ATTRIBUTES: '', OTEL_SERVICE_NAME: ' ' }, {}],
  [{ OTEL_RESOURCE_ATTRIBUTES: 'a=1,service.name=x' }, { a: '1', 'service.name': 'x' }],
  [{ OTEL_RESOURCE_ATTRIBUTES: 'service.name=x', OTEL_SERVICE_NAME: 'y' }, { 'service.name': 'y' }],
  [{ OTEL_RESOURCE_ATTRIBUTES: 'team=a%2Cb%3Dc, note = d e ,' }, { team: 'a,b=c', note: 'd e' }],
  [{ OTEL_RESOURCE_ATTRIBUTES: `long=${'x'.repeat(300)}` }, { long: 'x'.repeat(300) }],
])('%j are the attributes %j', (env, attributes) => {
  expect(resourceFromEnv(env)).toEqual({ attributes })
})

test('every invalid entry is reported as its own problem', () => {
  const { problems, attributes } = resourceFromEnv({ OTEL_RESOURCE_ATTRIBUTES: 'a=1,b,=c,d=%e' })
  expect(attributes).toBeUndefined()
  expect(problems?.map(({ setting }) => setting)).toEqual(Array(3).fill('OTEL_RESOURCE_ATTRIBUTES'))
  expect(problems?.map(({ message }) => /entry (\d)/.exec(message)?.[1])).toEqual(['2', '3', '4'])
})
