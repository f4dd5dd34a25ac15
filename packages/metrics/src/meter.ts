/** The labels of a series. */
export type Attributes = Readonly<Record<string, string>>

export interface ObservableResult {
  observe(value: number, attributes?: Attributes): void
}

export type ObservableCallback = (result: ObservableResult) => void | Promise<void>

export interface InstrumentDetails {
  readonly unit?: string
  readonly description?: string
}

export interface HistogramDetails extends InstrumentDetails {
  readonly advice?: { explicitBucketBoundaries?: number[] }
}

/**
 * What `factMeter` uses of a `Meter` of `@opentelemetry/api`, 1.9 or later. It is described here by its shape, so that two copies of that
 * package in one program do no harm.
 */
export interface MeterParts {
  createObservableCounter(
    name: string,
    options?: InstrumentDetails,
  ): { addCallback(callback: ObservableCallback): void }
  createObservableGauge(
    name: string,
    options?: InstrumentDetails,
  ): { addCallback(callback: ObservableCallback): void }
  createHistogram(
    name: string,
    options?: HistogramDetails,
  ): { record(value: number, attributes?: Attributes): void }
}
