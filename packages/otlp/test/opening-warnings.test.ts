import { describe, expect, onTestFinished, test } from 'vitest'
import { faultOf } from '../../core/test/support/fault-of.ts'
import { neverAborted } from '../../jsonl/test/support/never-aborted.ts'
import { type OtlpSinkOptions, otlpOptionsFromEnv, otlpSink, type SinkWarning } from '../src/index.ts'
import { startReceiver } from './support/receiver.ts'
import { origin, records } from './support/records.ts'

const secret = 'S3cretOfTheTest'

/** The warnings of a sink when it is created. */
function warningsOf(url: string, headers: OtlpSinkOptions['headers'] = {}): SinkWarning[] {
  const warnings: SinkWarning[] = []
  const sink = otlpSink({ ...origin, url, headers, onWarning: (warning) => warnings.push(warning) })
  onTestFinished(() => sink.close?.())
  return warnings
}

describe('a sink warns of a secret that crosses the network unencrypted', () => {
  test.each([
    ['a header', 'http://collector.example:4318/v1/logs', { 'x-api-key': secret }],
    ['a query', `http://collector.example:4318/v1/logs?key=${secret}`, {}],
  ])('in %s', (_, url, headers) => {
    const warnings = warningsOf(url, headers)
    expect(warnings.map(({ code }) => code)).toEqual(['plain_http'])
    expect(warnings[0]?.message).toContain('http://collector.example:4318')
    expect(warnings[0]?.message).not.toContain(secret)
  })

  test.each([
    ['no secret', 'http://collector.example:4318/v1/logs', {}],
    ['TLS', 'https://collector.example:4318/v1/logs', { 'x-api-key': secret }],
    ['this machine, by its name', 'http://localhost:4318/v1/logs', { 'x-api-key': secret }],
    ['this machine, by its address', 'http://127.8.9.1:4318/v1/logs', { 'x-api-key': secret }],
    ['this machine, by IPv6', 'http://[::1]:4318/v1/logs', { 'x-api-key': secret }],
  ])('but not with %s', (_, url, headers) => {
    expect(warningsOf(url, headers)).toEqual([])
  })
})

describe('the path for logs in the general endpoint', () => {
  const urlOf = async (endpoint: string): Promise<string> => {
    const { options } = await otlpOptionsFromEnv({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })
    if (!options) throw new Error('The endpoint cannot be used.')
    return options.url
  }

  test.each(['/v1/logs', '/v1/logs/', '/otlp/v1/logs'])('is a warning: %s', async (path) => {
    const [warning, ...others] = warningsOf(await urlOf(`http://localhost:4318${path}`))
    expect(others).toEqual([])
    expect(warning?.code).toBe('path_twice')
    expect(warning?.message).toContain('/v1/logs/v1/logs.')
    expect(warning?.message).toContain('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT')
  })

  test('is named as the likely cause of a 404', async () => {
    const receiver = await startReceiver((response) => response.writeHead(404).end())
    const sink = otlpSink({ ...origin, url: await urlOf(receiver.url) })
    const found = await faultOf(sink.write(records(1), neverAborted))
    expect(found).toMatchObject({ fault: 'fatal', code: 'not_found' })
    expect(found.message).toContain(`${receiver.url}/v1/logs answered 404. That path ends in /v1/logs twice`)
    await sink.close?.()
  })
})

test('a fault names the whole path, without the query and parts that may be a token', async () => {
  const receiver = await startReceiver((response) => response.writeHead(404).end())
  const { host } = new URL(receiver.url)
  const url = `http://${host}/receiver/${secret}0123456789/v1/logs?key=${secret}`
  const sink = otlpSink({ ...origin, url })
  const { message } = await faultOf(sink.write(records(1), neverAborted))
  expect(message).toContain(`http://${host}/receiver/…/v1/logs answered 404.`)
  expect(message).not.toContain(secret)
  await sink.close?.()
})
