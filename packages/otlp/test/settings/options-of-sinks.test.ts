import { expect, test } from 'vitest'
import { exporterSink, fileSink, otlpSink, readRecords, streamSink } from '../../src/index.ts'
import { origin } from '../support/records.ts'

// Plain JavaScript may call it like this.
const url = 'https://collector.example:4318/v1/logs'
const made: Readonly<Record<string, (given: never) => unknown>> = {
  otlpSink,
  fileSink,
  streamSink,
  exporterSink: (given) => exporterSink({} as never, given),
}

test.each([
  ['otlpSink', { ...origin, url, certificates: {} }, 'certificates', 'There are url'],
  ['otlpSink', { ...origin, url, timeout: 5 }, 'timeout', 'The nearest is timeoutMs'],
  ['otlpSink', { ...origin, url, maxRecord: 5 }, 'maxRecord', 'The nearest is maxRecords'],
  ['fileSink', { ...origin, path: 'a.jsonl', rotatebytes: 5 }, 'rotatebytes', 'The nearest is rotateBytes'],
  ['streamSink', { ...origin, streams: 5 }, 'streams', 'The nearest is stream'],
  ['exporterSink', { resources: {} }, 'resources', 'The nearest is resource'],
])('%s refuses an option that does not exist: %j', (sink, given, name, says) => {
  const message = expect.stringContaining(`${sink} has no option "${name}". ${says}`)
  const code = 'unknown_option'
  expect(() => made[sink]?.(given as never)).toThrow(expect.objectContaining({ code, message }))
})

test.each([
  [
    'otlpSink',
    { ...origin, url, protocol: 'http' },
    'protocol of otlpSink must be http/protobuf, http/json or grpc',
  ],
  ['otlpSink', { ...origin, url, compression: 'br' }, 'compression of otlpSink must be gzip, zstd or none'],
  ['otlpSink', { url, scope: origin.scope }, 'resource of otlpSink is missing. auditResourceAttributes'],
  ['otlpSink', { url, resource: {} }, 'scope of otlpSink is missing. auditScope'],
  ['fileSink', { path: 'a.jsonl' }, 'resource of fileSink is missing'],
  ['fileSink', { ...origin }, 'path of a file sink is missing'],
  ['streamSink', { stream: process.stdout }, 'resource of streamSink is missing'],
])('%s names an option that is missing or invalid: %j', (sink, given, says) => {
  expect(() => made[sink]?.(given as never)).toThrow(TypeError)
  expect(() => made[sink]?.(given as never)).toThrow(says)
})

test('readRecords says that it needs a stream and onProblem', async () => {
  const read = (given: object): Promise<unknown> => readRecords(given as never).next()
  await expect(read({ input: 'a.jsonl', name: 'a', onProblem: console.error })).rejects.toThrow(
    'createReadStream(path)',
  )
  await expect(read({ input: [], name: 'a' })).rejects.toThrow('onProblem of readRecords is missing')
})
