import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { authority, certificate } from '../../core/test/support/certificates.ts'
import { localServer } from '../../core/test/support/local-server.ts'
import { neverAborted } from '../../jsonl/test/support/never-aborted.ts'
import { otlpOptionsFromEnv, otlpSink, type SinkWarning } from '../src/index.ts'
import { faultOf } from './support/fault-of.ts'
import { origin, records } from './support/records.ts'

test('a pause ends when the certificates and the key in files are replaced, one after the other, and that is said once', async () => {
  const [ca, otherCa] = [await authority('Test authority'), await authority('Other authority')]
  const server = createServer(
    { ...(await certificate({ issuer: ca })), ca: ca.cert, requestCert: true, rejectUnauthorized: true },
    (request, response) => request.resume().on('end', () => response.end()),
  )
  await using receiver = await localServer(server)
  const folder = mkdtempSync(join(tmpdir(), 'renewed-certificates-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const put = (name: string, text: string): void => {
    writeFileSync(join(folder, 'new'), text)
    renameSync(join(folder, 'new'), join(folder, name))
  }
  const foreign = await certificate({ issuer: otherCa, name: 'client' })
  const good = await certificate({ issuer: ca, name: 'client' })
  put('ca', otherCa.cert)
  put('cert', foreign.cert)
  put('key', foreign.key)
  const names = { CERTIFICATE: 'ca', CLIENT_CERTIFICATE: 'cert', CLIENT_KEY: 'key' }
  const env = Object.fromEntries(
    Object.entries(names).map(([name, path]) => [`OTEL_EXPORTER_OTLP_${name}`, join(folder, path)]),
  )
  const { options } = await otlpOptionsFromEnv({
    ...env,
    OTEL_EXPORTER_OTLP_ENDPOINT: `https://${receiver.host}`,
  })
  const warnings: SinkWarning[] = []
  const onWarning = (one: SinkWarning): number => warnings.push(one)
  await using sink = otlpSink({ ...origin, ...options!, onWarning })

  expect(await faultOf(sink.write(records(1), neverAborted))).toMatchObject({ fault: 'fatal', code: 'tls' })
  const changed = sink.changed?.(neverAborted)
  put('cert', good.cert)
  await expect.poll(() => warnings.map(({ code }) => code), { timeout: 200_000 }).toEqual(['old_credentials'])
  expect(warnings[0]?.message).toContain('OTEL_EXPORTER_OTLP_CLIENT_KEY')
  put('ca', ca.cert)
  put('key', good.key)
  await changed
  await sink.write(records(1), neverAborted)
  expect(warnings).toHaveLength(1)
})
