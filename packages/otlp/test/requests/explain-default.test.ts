import { httpClient } from '@asana-audit/core'
import { expect, onTestFinished, test } from 'vitest'
import { closedPort } from '../../../../test/support/servers/listen.ts'
import { neverAborted } from '../../../jsonl/test/support/never-aborted.ts'
import { otlpOptionsFromEnv, otlpSink } from '../../src/index.ts'
import { faultOf } from '../support/fault-of.ts'
import { origin, records } from '../support/records.ts'

/** What is said when nothing listens at the address of these settings: every request goes to a port that is closed. */
async function refusalWith(env: Readonly<Record<string, string>>): Promise<string> {
  const { options } = await otlpOptionsFromEnv(env)
  if (!options) throw new Error('These settings are wrong.')
  const [client, closed] = [httpClient(), new URL(await closedPort())]
  onTestFinished(() => client.close())
  const exchange: typeof client.exchange = (request) => client.exchange({ ...request, url: closed })
  const { credentials: _, ...settings } = options
  const sink = otlpSink({ ...origin, ...settings, http: { ...client, exchange } })
  const found = await faultOf(sink.write(records(1), neverAborted))
  expect(found).toMatchObject({ fault: 'temporary', code: 'connection_refused', cause: 'ECONNREFUSED' })
  return found.message
}

test.each(['http/protobuf', 'grpc'])(
  'if nothing listens at the default address of %s, the message says that it is the default, and what sets another',
  async (protocol) => {
    expect(await refusalWith({ OTEL_EXPORTER_OTLP_PROTOCOL: protocol })).toMatch(
      / Is it running, .* default address; to use another, set endpoint or OTEL_EXPORTER_OTLP_ENDPOINT\.$/,
    )
  },
)

test('nothing is said of a default if another address was set', async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4319' }
  expect(await refusalWith(env)).not.toContain('default')
})
