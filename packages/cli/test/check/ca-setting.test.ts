import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { certificate } from '../../../core/test/support/certificates.ts'
import { checkAsana, checkDestination } from '../../src/check/checks.ts'
import { readSettings } from '../../src/config/read-settings.ts'

/** A server whose certificate nobody was told to trust. */
async function untrusted(): Promise<string> {
  const { cert, key } = await certificate()
  const server = createServer({ cert, key }, (_, response) => response.end('{}'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `https://localhost:${(server.address() as AddressInfo).port}`
}

async function pipelineOf(to: string, variables: NodeJS.ProcessEnv) {
  const env = { ASANA_TOKEN: 't', ASANA_WORKSPACE: '1', ...variables }
  const reading = await readSettings({ to: [to] }, env)
  const [pipeline] = 'settings' in reading ? reading.settings.pipelines : []
  if (!pipeline) throw new Error(JSON.stringify(reading))
  return pipeline
}

test.each([
  ['otlp', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_CERTIFICATE'],
  ['splunk-hec', 'SPLUNK_HEC_URL', 'SPLUNK_HEC_CA_FILE'],
  ['panther-http', 'PANTHER_HTTP_URL', 'PANTHER_HTTP_CA_FILE'],
  ['archive:s3://evidence/asana', 'AWS_ENDPOINT_URL_S3', 'AWS_CA_BUNDLE'],
])(
  'a certificate of %s that is not trusted comes with the setting that names one',
  async (to, url, setting) => {
    const aws = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key' }
    const path = to === 'panther-http' ? '/http/1' : ''
    const secrets = { SPLUNK_HEC_TOKEN: 't', PANTHER_HTTP_SECRET: 't', PANTHER_HTTP_AUTH: 'bearer', ...aws }
    const found = await checkDestination(
      await pipelineOf(to, { ...secrets, [url]: `${await untrusted()}${path}` }),
    )
    expect(found).toMatchObject({ ok: false, code: 'tls' })
    expect(found.message).toContain(` The setting is ${setting}, or ca_file in YAML.`)
  },
)

test('so does one of Asana, or of a proxy that takes its place', async () => {
  const found = await checkAsana(await pipelineOf('stdout', { ASANA_BASE_URL: await untrusted() }))
  expect(found).toMatchObject({ ok: false, code: 'tls' })
  expect(found.message).toContain(' The setting is ASANA_CA_FILE, or ca_file in YAML.')
})

test('another fault of a connection names no setting for certificates', async () => {
  const free = await untrusted()
  const plain = free.replace('https:', 'http:')
  const found = await checkDestination(await pipelineOf('otlp', { OTEL_EXPORTER_OTLP_ENDPOINT: plain }))
  expect(found.ok).toBe(false)
  expect(found.message).not.toContain('ca_file')
})
