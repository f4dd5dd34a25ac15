import {
  type AuditLogEvent,
  auditResourceAttributes,
  auditScope,
  emit,
  toLogRecord,
} from '@asana-audit/schema'
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as ProtobufExporter } from '@opentelemetry/exporter-logs-otlp-proto'
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { workspace } from './asana/page-server.ts'
import type { Setup } from './variant.ts'

type Exporter = JsonExporter | ProtobufExporter
type Readable = Parameters<Exporter['export']>[0][number]

const resource = resourceFromAttributes(auditResourceAttributes({ workspace }))

function stockExporter({ otlpUrl: url, protocol, compression = 'none' }: Setup): Exporter {
  const options = { url, compression: CompressionAlgorithm[compression === 'gzip' ? 'GZIP' : 'NONE'] }
  return protocol === 'json' ? new JsonExporter(options) : new ProtobufExporter(options)
}

export interface StockPipeline {
  emit(events: readonly AuditLogEvent[]): void
  flush(): Promise<void>
  shutdown(): Promise<void>
}

/** LoggerProvider, BatchLogRecordProcessor and OTLPLogExporter, set up as in their READMEs. `batch`: records in an export. */
export function stockPipeline(setup: Setup): StockPipeline {
  const { batch } = setup
  const processor = new BatchLogRecordProcessor({
    exporter: stockExporter(setup),
    ...(batch !== undefined && { maxExportBatchSize: batch }),
  })
  const provider = new LoggerProvider({ resource, processors: [processor] })
  const { name, version, schemaUrl } = auditScope
  const logger = provider.getLogger(name, version, { schemaUrl })
  return {
    emit(events) {
      for (const event of events) emit(logger, event)
    },
    flush: () => provider.forceFlush(),
    shutdown: () => provider.shutdown(),
  }
}

export interface DirectExporter {
  /** Rejects if the exporter reports a failure. */
  send(events: readonly AuditLogEvent[]): Promise<void>
  shutdown(): Promise<void>
}

/** The official exporter without the SDK. This is its best use, because it then reports the result of a batch. */
export function directExporter(setup: Setup): DirectExporter {
  const exporter = stockExporter(setup)
  const instrumentationScope = { ...auditScope }
  return {
    send: (events) =>
      new Promise((resolve, reject) => {
        const records = events.map((event): Readable => {
          const { timestamp, observedTimestamp, severityNumber, body, eventName, attributes } =
            toLogRecord(event)
          return {
            hrTime: timestamp,
            hrTimeObserved: observedTimestamp,
            severityNumber: severityNumber as number,
            body,
            eventName,
            attributes,
            droppedAttributesCount: 0,
            resource,
            instrumentationScope,
          }
        })
        exporter.export(records, ({ code, error }) => (code === 0 ? resolve() : reject(error)))
      }),
    shutdown: () => exporter.shutdown(),
  }
}
