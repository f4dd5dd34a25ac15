// What the result of a `LogRecordExporter` means: for `@asana-audit/otel`.
export { exportFault, throwFault } from './exporter/exporter-fault.ts'
