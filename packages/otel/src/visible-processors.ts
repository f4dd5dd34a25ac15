import { fault } from '@asana-audit/core'
import type { LoggerProvider } from './logger-provider.ts'

/** Private fields of both lines of the SDK, which tests look at: there is no public way to see a processor. */
interface WithProcessors {
  readonly _sharedState?: { readonly processors?: readonly object[] }
}

/**
 * Throws a fatal `simple_processor` for `SimpleLogRecordProcessor`: it flushes before exports end, and the stock
 * exporter refuses more than 30 at once. Returns false if the processors of this provider cannot be seen.
 */
export function refuseSimpleProcessor(provider: LoggerProvider): boolean {
  const processors = processorsOf(provider)
  if (!processors) return false
  if (!processors.some(isSimple)) return true
  const message =
    'A SimpleLogRecordProcessor resolves its flush before its exports end, and most of a burst is lost. ' +
    'Use a BatchLogRecordProcessor, and wrap its exporter with tracked(…).'
  throw fault({ fault: 'fatal', final: true, code: 'simple_processor', message })
}

function isSimple(processor: object): boolean {
  return '_unresolvedExports' in processor
}

/** Most records that each of its processors takes in one batch. Infinity if no processor can be seen. */
export function largestBatch(provider: LoggerProvider): number {
  const sizes = processorsOf(provider)?.map(batchOf) ?? []
  return Math.min(Number.POSITIVE_INFINITY, ...sizes)
}

function batchOf(processor: object): number {
  const size = (processor as { readonly _maxExportBatchSize?: unknown })._maxExportBatchSize
  return Number.isSafeInteger(size) && Number(size) >= 1 ? Number(size) : Number.POSITIVE_INFINITY
}

function processorsOf(provider: LoggerProvider): readonly object[] | undefined {
  const processors = (provider as WithProcessors)._sharedState?.processors
  return Array.isArray(processors) ? processors : undefined
}
