import { LoggerProvider, type LogRecordProcessor, type ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { LoggerProvider as OldLoggerProvider, type LogRecordProcessor as OldProcessor } from 'sdk-logs-old'
import { describe, expect, test } from 'vitest'
import { indicatorProcessor } from '../../src/index.ts'

type Attributes = { [name: string]: unknown }

function modernSdk() {
  const emitted: Attributes[] = []
  const added: LogRecordProcessor = indicatorProcessor()
  const capture: LogRecordProcessor = {
    onEmit: (record: ReadableLogRecord) => void emitted.push(record.attributes),
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  const provider = new LoggerProvider({ processors: [added, capture] })
  return { provider, emitted }
}

function oldSdk() {
  const emitted: Attributes[] = []
  const added: OldProcessor = indicatorProcessor()
  const capture: OldProcessor = {
    onEmit: (record) => void emitted.push(record.attributes as Attributes),
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  const provider = new OldLoggerProvider({ processors: [added, capture] })
  return { provider, emitted }
}

describe.each([
  ['@opentelemetry/sdk-logs 3', modernSdk],
  ['@opentelemetry/sdk-logs 0.2', oldSdk],
])('in %s', (_line, sdk) => {
  test('adds the indicators to a record that the host mapped itself', async () => {
    const { provider, emitted } = sdk()
    provider.getLogger('host').emit({
      attributes: {
        'asana.audit.actor.email': 'ada@example.com',
        'asana.audit.resource.email': 'ada@example.com',
        'asana.audit.actor.name': 'Ada',
        'asana.audit.context.client_ip_address': '192.0.2.7',
      },
    })
    expect(emitted[0]).toMatchObject({
      'asana.audit.indicators.email': ['ada@example.com'],
      'asana.audit.indicators.ip': ['192.0.2.7'],
      'asana.audit.indicators.username': ['Ada'],
    })
    await provider.forceFlush()
    await provider.shutdown()
  })

  test('does not change a record of another program', () => {
    const { provider, emitted } = sdk()
    provider.getLogger('host').emit({ attributes: { 'http.route': '/' } })
    expect(emitted).toEqual([{ 'http.route': '/' }])
  })
})
