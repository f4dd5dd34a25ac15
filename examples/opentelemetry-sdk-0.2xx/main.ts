import { asanaSource } from '@asana-audit/core'
import { auditResourceAttributes, auditScope, emit } from '@asana-audit/schema'
import { logs } from '@opentelemetry/api-logs'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'

const { ASANA_BASE_URL: baseUrl, ASANA_TOKEN: token = '', ASANA_WORKSPACE: workspace = '' } = process.env

// What a host has set up already, for all its logs. The exporter reads OTEL_EXPORTER_OTLP_ENDPOINT.
const provider = new LoggerProvider({
  resource: resourceFromAttributes(auditResourceAttributes({ workspace })),
  processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() })],
})
logs.setGlobalLoggerProvider(provider)

const { name, version, schemaUrl } = auditScope
const logger = logs.getLogger(name, version, { schemaUrl })

const source = asanaSource({ workspace, token, baseUrl, once: true, settledWindowMs: 0 })
for await (const { events } of source.read()) {
  for (const event of events) emit(logger, event)
  // The processor drops what does not fit its queue of 2,048 records, so it is emptied after every page.
  await provider.forceFlush()
}
await provider.shutdown()
