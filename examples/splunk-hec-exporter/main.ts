import { SplunkHecLogExporter } from '@asana-audit/splunk-hec'
import { logs } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'

const { SPLUNK_HEC_URL: url = '', SPLUNK_HEC_TOKEN: token = '' } = process.env

// The only change to what the application has set up already: another exporter in the processor.
const exporter = new SplunkHecLogExporter({
  url,
  token,
  sourcetype: 'shop:log',
  onWarning: console.warn,
})
const provider = new LoggerProvider({
  resource: resourceFromAttributes({ 'service.name': 'shop', 'host.name': 'shop-1' }),
  // A little more than the deadline of the exporter, so that the last word is the exporter's.
  processors: [new BatchLogRecordProcessor({ exporter, exportTimeoutMillis: 35_000 })],
})
logs.setGlobalLoggerProvider(provider)

// The application.
const logger = logs.getLogger('checkout')
for (let order = 1; order <= 1_000; order++) {
  const attributes = { 'order.id': order, 'order.items': ['book', 'pen'] }
  logger.emit({ severityNumber: 9, severityText: 'INFO', body: `Order ${order} paid`, attributes })
}

await provider.shutdown()
