export {
  type FactMeter,
  type FactMeterOptions,
  factMeter,
  type PipelineMeter,
  type PipelineMeterOptions,
} from './fact-meter.ts'
export type {
  Attributes,
  HistogramDetails,
  InstrumentDetails,
  MeterParts,
  ObservableCallback,
  ObservableResult,
} from './meter.ts'
export { type MetricDefinition, type MetricName, metricDefinitions } from './definitions.ts'
