import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { auditScope } from '@asana-audit/schema'
import { startSimulator } from '@asana-audit/simulator'
import { expect, test } from 'vitest'

interface KeyValue {
  key: string
  value: { stringValue?: string }
}

/** The parts of an ExportLogsServiceRequest looked at here, https://opentelemetry.io/docs/specs/otlp/. */
interface ExportRequest {
  resourceLogs: {
    resource: { attributes: KeyValue[] }
    scopeLogs: {
      scope: { name: string; version: string }
      logRecords: { eventName: string; timeUnixNano: string; attributes: KeyValue[] }[]
    }[]
  }[]
}

const attribute = (attributes: KeyValue[], key: string): string | undefined =>
  attributes.find((one) => one.key === key)?.value.stringValue

test("every event goes through the host's own SDK to its OTLP receiver, with scope and resource", async () => {
  const requests: ExportRequest[] = []
  const receiver = createServer(async (request, response) => {
    expect(request.url).toBe('/v1/logs')
    requests.push(JSON.parse(Buffer.concat(await request.toArray()).toString()))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const simulator = await startSimulator({ events: 2_500 })
  await promisify(execFile)(process.execPath, ['main.ts'], {
    cwd: import.meta.dirname,
    env: {
      ASANA_BASE_URL: simulator.url,
      ASANA_TOKEN: 'simulator-token',
      ASANA_WORKSPACE: simulator.workspace,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
    },
  })
  receiver.close()
  await simulator.close()

  const logs = requests.flatMap(({ resourceLogs }) => resourceLogs)
  for (const { resource, scopeLogs } of logs) {
    expect(attribute(resource.attributes, 'service.name')).toBe('asana')
    expect(attribute(resource.attributes, 'asana.workspace.gid')).toBe(simulator.workspace)
    for (const { scope } of scopeLogs) expect(scope).toMatchObject({ name: auditScope.name })
  }
  const records = logs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords))
  const arrived = records.map(({ eventName, timeUnixNano, attributes }) => ({
    gid: attribute(attributes, 'log.record.uid'),
    name: eventName,
    ms: Number(BigInt(timeUnixNano) / 1_000_000n),
  }))
  const sent = simulator.events.map(({ gid, event_type, created_at }) => ({
    gid,
    name: `asana.audit.${event_type}`,
    ms: Date.parse(created_at),
  }))
  expect(arrived).toEqual(sent)
})
