import type { EncodedRequest } from '@asana-audit/core/sink-kit'
import { toJsonText } from '@asana-audit/schema/lossless'

/** One JSON object per line, unchanged: for formats other than OTLP. */
export function* objectLines(objects: readonly object[]): Generator<EncodedRequest> {
  for (const object of objects) yield { bytes: Buffer.from(`${toJsonText(object)}\n`), records: 1 }
}
