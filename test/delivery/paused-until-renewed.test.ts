import { renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { authority, certificate } from '../../packages/core/test/support/certificates.ts'
import { localServer } from '../../packages/core/test/support/local-server.ts'
import { recordingProxy } from '../../packages/core/test/support/recording-proxy.ts'
import { startHecReceiver } from '../../packages/splunk-hec/test/support/hec-receiver.ts'
import { startCommand, temporaryFolder } from '../support/commands/run-command.ts'
import { startReceiver } from '../support/otlp/otlp-receiver.ts'
import { loginEvent, startAsana, token } from '../support/servers/asana-server.ts'

// A wrong secret pauses a pipeline for five minutes. When its file changes, it goes on within seconds, without a restart.

type Env = Readonly<Record<string, string>>
interface Scene {
  readonly env: Env
  readonly to: string
  /** Replaces what is wrong. */
  readonly mend: () => void
  /** Whether the destination has the event. */
  readonly hasArrived: () => boolean
}
type Put = (name: string, text: string) => string

/** The first of the two is refused. */
const [wrong, right] = ['wrong-secret-0123', 'right-secret-4567']

/** A receiver for clients with a certificate of its authority. At first the files hold those of another one. */
async function clientCertificate(put: Put, answer: string) {
  const [ca, otherCa] = [await authority('Test authority'), await authority('Other authority')]
  let count = 0
  const server = createServer(
    { ...(await certificate({ issuer: ca })), ca: ca.cert, requestCert: true, rejectUnauthorized: true },
    (request, response) =>
      request.resume().on('end', () => {
        count += 1
        response.end(answer)
      }),
  )
  const local = await localServer(server)
  onTestFinished(() => local[Symbol.asyncDispose]())
  const [foreign, good] = [
    await certificate({ issuer: otherCa, name: 'client' }),
    await certificate({ issuer: ca, name: 'client' }),
  ]
  return {
    url: `https://${local.host}`,
    files: {
      ca: put('ca', otherCa.cert),
      cert: put('cert', foreign.cert),
      key: put('key', foreign.key),
    },
    mend() {
      put('cert', good.cert)
      put('key', good.key)
      put('ca', ca.cert)
    },
    hasArrived: () => count > 0,
  }
}

const kinds: Readonly<Record<string, (put: Put) => Promise<Scene>>> = {
  'the token of Asana': async (put) => {
    const receiver = await startReceiver()
    return {
      env: { ...receiver.env, ASANA_TOKEN: '', ASANA_TOKEN_FILE: put('token', wrong) },
      to: 'otlp',
      mend: () => put('token', token),
      hasArrived: () => receiver.accepted.length > 0,
    }
  },
  'the token of HEC': async (put) => {
    const receiver = await startHecReceiver({ token: right })
    return {
      env: { SPLUNK_HEC_URL: receiver.url, SPLUNK_HEC_TOKEN_FILE: put('hec', wrong) },
      to: 'splunk-hec',
      mend: () => put('hec', right),
      hasArrived: () => receiver.indexed.length > 0,
    }
  },
  'the headers of OTLP': async (put) => {
    const receiver = await startReceiver({
      instead: (response, { headers }) =>
        headers['x-api-key'] !== right && Boolean(response.writeHead(401).end()),
    })
    return {
      env: { ...receiver.env, OTEL_EXPORTER_OTLP_HEADERS_FILE: put('headers', `x-api-key=${wrong}`) },
      to: 'otlp',
      mend: () => put('headers', `x-api-key=${right}`),
      hasArrived: () => receiver.accepted.length > 0,
    }
  },
  'the certificate and key of an OTLP client': async (put) => {
    const { url, files, ...scene } = await clientCertificate(put, '')
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_CERTIFICATE: files.ca,
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: files.cert,
      OTEL_EXPORTER_OTLP_CLIENT_KEY: files.key,
    }
    return { env, to: 'otlp', ...scene }
  },
  'the certificate and key of a HEC client': async (put) => {
    const { url, files, ...scene } = await clientCertificate(put, '{"text":"Success","code":0}')
    const env = {
      SPLUNK_HEC_URL: url,
      SPLUNK_HEC_TOKEN: right,
      SPLUNK_HEC_CA_FILE: files.ca,
      SPLUNK_HEC_CERT_FILE: files.cert,
      SPLUNK_HEC_KEY_FILE: files.key,
    }
    return { env, to: 'splunk-hec', ...scene }
  },
  'the password of the proxy': async (put) => {
    const receiver = await startReceiver()
    const proxy = await recordingProxy({
      accepts: (credentials) => credentials === `Basic ${Buffer.from(`user:${right}`).toString('base64')}`,
    })
    onTestFinished(() => proxy[Symbol.asyncDispose]())
    const address = (password: string): string => `http://user:${password}@${proxy.host}`
    return {
      env: { ...receiver.env, HTTP_PROXY_FILE: put('proxy', address(wrong)) },
      to: 'otlp',
      mend: () => put('proxy', address(right)),
      hasArrived: () => receiver.accepted.length > 0,
    }
  },
}

test.each(Object.entries(kinds))('a pause because of %s ends when it changes', async (_, start) => {
  const folder = temporaryFolder()
  const put: Put = (name, text) => {
    writeFileSync(join(folder, 'new'), text)
    renameSync(join(folder, 'new'), join(folder, name))
    return join(folder, name)
  }
  const asana = await startAsana({ events: [loginEvent(0)] })
  const { env, to, mend, hasArrived } = await start(put)
  const args = ['run', '--to', to, '--state', join(folder, 'state.db')]
  const running = startCommand(args, { env: { ...asana.env, ...env } })
  // Less than the five minutes of a pause.
  const soon = { timeout: 200_000 }
  await vi.waitFor(() => expect(running.stderr()).toContain('"message":"paused"'), soon)
  expect(hasArrived()).toBe(false)
  mend()
  await vi.waitFor(() => expect(hasArrived()).toBe(true), soon)
  running.child.kill('SIGTERM')
  const { code, stderr } = await running.finished
  expect(code).toBe(0)
  for (const secret of [wrong, right, token]) expect(stderr).not.toContain(secret)
})
