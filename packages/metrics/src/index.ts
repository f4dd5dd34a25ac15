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
export {
  type FactTracer,
  type FactTracerOptions,
  factTracer,
  type PipelineTracer,
  type PipelineTracerOptions,
} from './fact-tracer.ts'
export type { HrTime, SpanAttributes, SpanParts, TracerParts } from './tracer.ts'
export { laneAttributes, type SpanDefinition, type SpanName, spanDefinitions } from './span-definitions.ts'
