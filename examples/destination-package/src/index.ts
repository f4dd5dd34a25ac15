export { type IngestSinkOptions, ingestSink } from './ingest-sink.ts'
