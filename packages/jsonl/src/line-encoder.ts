import type { ByteWriter, EncodedRequest } from '@asana-audit/core/sink-kit'

/**
 * Records as lines, line feed included, in order. A line is written whole or not at all, with all the records it
 * holds. With `to` it may write into that: the bytes of a line are then needed only until the next one is asked for.
 */
export type LineEncoder<R> = (records: readonly R[], to?: ByteWriter) => Iterable<EncodedRequest>
