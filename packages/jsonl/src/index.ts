export { isClaimed } from './file-claim.ts'
export { foreignLinesProblem } from './foreign-lines-problem.ts'
export type { LineEncoder } from './line-encoder.ts'
export {
  type LineFileOptions,
  type LineFileSink,
  type LineFileSinkOptions,
  lineFileSink,
} from './line-file-sink.ts'
export type { LineFileWarning, OnLineFileWarning } from './line-file-warning.ts'
export { type LineStreamSinkOptions, lineStreamSink, type OutputStream } from './line-stream-sink.ts'
export { objectLines } from './object-lines.ts'
export { type InputOptions, mostLineBytes, readLines } from './read-lines.ts'
export type { Line } from './split-lines.ts'
