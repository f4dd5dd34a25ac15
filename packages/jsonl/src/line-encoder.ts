import type { EncodedRequest } from '@asana-audit/core/sink-kit'

/** Records as lines, line feed included, in order. A line is written whole or not at all, whatever number of records it holds. */
export type LineEncoder<R> = (records: readonly R[]) => Iterable<EncodedRequest>
