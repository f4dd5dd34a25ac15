import { startSimulator } from '@asana-audit/simulator'
import { expect, onTestFinished, test } from 'vitest'
import { startReceiver } from '../../../../test/support/otlp/otlp-receiver.ts'
import { listen } from '../../../../test/support/servers/listen.ts'
import { recordingProxy } from '../../../core/test/support/recording-proxy.ts'
import { startHecReceiver } from '../../../splunk-hec/test/support/hec-receiver.ts'
import { checkAsana, checkDestination } from '../../src/check/checks.ts'
import type { PipelineSettings } from '../../src/config/pipeline/pipeline-settings.ts'
import { readSettings } from '../../src/config/read-settings.ts'

/** The settings of a pipeline, and the words for the proxy that all of its requests go through. */
async function throughProxy(to: string, env: Readonly<Record<string, string>>) {
  const proxy = await recordingProxy()
  onTestFinished(() => proxy[Symbol.asyncDispose]())
  const HTTP_PROXY = `http://me:Pr0xyPassword@${proxy.host}`
  const given = { ASANA_TOKEN: 'simulator-token', ASANA_WORKSPACE: '1', HTTP_PROXY, ...env }
  const reading = await readSettings({ to: [to] }, given)
  const [pipeline] = 'settings' in reading ? reading.settings.pipelines : []
  if (!pipeline) throw new Error(JSON.stringify(reading))
  return { pipeline, proxy, words: ` (through the proxy http://${proxy.host} of HTTP_PROXY)` }
}

async function expectNamed(
  check: (pipeline: PipelineSettings) => ReturnType<typeof checkAsana>,
  { pipeline, proxy, words }: Awaited<ReturnType<typeof throughProxy>>,
): Promise<void> {
  const { ok, message } = await check(pipeline)
  expect(ok, message).toBe(true)
  expect(message).toContain(words)
  expect(message).not.toContain('Pr0xyPassword')
  expect(proxy.seen).not.toEqual([])
}

test('check names the proxy on the way to Asana, without its password', async () => {
  const simulator = await startSimulator({ events: 1 })
  onTestFinished(() => simulator.close())
  await expectNamed(
    checkAsana,
    await throughProxy('stdout', {
      ASANA_BASE_URL: simulator.url,
      ASANA_WORKSPACE: simulator.workspace,
    }),
  )
})

test('check names the proxy on the way to an OTLP receiver, to Splunk and to Panther', async () => {
  const { origin } = await startReceiver()
  const panther = await listen((_, response) => response.end())
  const { url } = await startHecReceiver({ token: 't' })
  await expectNamed(checkDestination, await throughProxy('otlp', { OTEL_EXPORTER_OTLP_ENDPOINT: origin }))
  await expectNamed(
    checkDestination,
    await throughProxy('splunk-hec', { SPLUNK_HEC_URL: url, SPLUNK_HEC_TOKEN: 't' }),
  )
  await expectNamed(
    checkDestination,
    await throughProxy('panther-http', { PANTHER_HTTP_URL: `${panther}/http/1`, PANTHER_HTTP_SECRET: 'abc' }),
  )
})

test('check names the proxy on the way to a bucket', async () => {
  const store = await listen(({ url = '' }, response) => {
    response.end(url.includes('versioning') ? '<VersioningConfiguration/>' : '<ListBucketResult/>')
  })
  await expectNamed(
    checkDestination,
    await throughProxy('archive:s3://bucket', {
      AWS_ENDPOINT_URL_S3: store,
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
    }),
  )
})

test('check names no proxy where a destination is reached without one', async () => {
  const { origin } = await startReceiver()
  const { pipeline, proxy } = await throughProxy('otlp', {
    ...{ OTEL_EXPORTER_OTLP_ENDPOINT: origin, NO_PROXY: '127.0.0.1' },
  })
  const { ok, message } = await checkDestination(pipeline)
  expect([ok, message.includes('proxy'), proxy.seen]).toEqual([true, false, []])
})
