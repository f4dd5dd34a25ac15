import * as newer from '@opentelemetry/sdk-logs'
import * as older from 'sdk-logs-old'
import type { LoggerProvider } from '../../src/index.ts'
import type { FakeExporter } from './fake-exporter.ts'

type Wrapped = Omit<FakeExporter, 'accepted'>

export interface BatchOptions {
  readonly maxQueueSize?: number
  readonly maxExportBatchSize?: number
  readonly scheduledDelayMillis?: number
  readonly exportTimeoutMillis?: number
}

/** A processor of either line. */
export interface Processor {
  onEmit(record: Parameters<newer.LogRecordProcessor['onEmit']>[0] & older.SdkLogRecord): void
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

export interface SdkLine {
  batch(exporter: Wrapped, options?: BatchOptions): Processor
  simple(exporter: Wrapped): Processor
  provider(
    processors: readonly Processor[],
    options?: { minimumSeverity?: number; attributeCountLimit?: number },
  ): LoggerProvider & { forceFlush(): Promise<void>; shutdown(): Promise<void> }
}

/** Both lines of the SDK, with the same fakes. */
export const sdkLines: Readonly<Record<string, SdkLine>> = {
  'SDK 3.x': {
    batch: (exporter, options) => new newer.BatchLogRecordProcessor({ exporter, ...options }),
    simple: (exporter) => new newer.SimpleLogRecordProcessor({ exporter }),
    provider: (processors, { minimumSeverity = 0, attributeCountLimit = 128 } = {}) =>
      new newer.LoggerProvider({
        processors: [...processors],
        logRecordLimits: { attributeCountLimit },
        loggerConfigurator: () => ({ enabled: true, minimumSeverity, traceBased: false }),
      }),
  },
  'SDK 0.2xx': {
    batch: (exporter, options) => new older.BatchLogRecordProcessor({ exporter, ...options }),
    simple: (exporter) => new older.SimpleLogRecordProcessor({ exporter }),
    provider: (processors, { minimumSeverity = 0, attributeCountLimit = 128 } = {}) =>
      new older.LoggerProvider({
        processors: [...processors],
        logRecordLimits: { attributeCountLimit },
        loggerConfigurator: () => ({ disabled: false, minimumSeverity, traceBased: false }),
      }),
  },
}
