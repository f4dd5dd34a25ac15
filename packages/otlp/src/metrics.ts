// For programs that send metrics without an SDK. It may change at any time.
export type {
  HistogramPoint,
  KeyValue,
  MetricsRequest,
  NumberPoint,
  OtlpMetric,
  Temporality,
} from './telemetry/metrics-request.ts'
export { type MetricsSender, metricsSender } from './telemetry/telemetry-sender.ts'
