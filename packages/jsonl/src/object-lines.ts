import type { EncodedRequest } from '@asana-audit/core/sink-kit'
import { toJsonText } from '@asana-audit/schema/lossless'

/** One JSON object a line, as it is: for views of an event that are no OTLP. */
export function* objectLines(objects: readonly object[]): Generator<EncodedRequest> {
  for (const object of objects) yield { bytes: Buffer.from(`${toJsonText(object)}\n`), records: 1 }
}
