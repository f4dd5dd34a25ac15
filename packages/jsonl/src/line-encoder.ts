import type { EncodedRequest } from '@asana-audit/core/sink-kit'

/**
 * Records as lines, line feed included, in order. A line is written whole or not at all, with all the records it
 * holds.
 */
export type LineEncoder<R> = (records: readonly R[]) => Iterable<EncodedRequest>
