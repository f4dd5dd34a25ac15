import type { OutputStream } from '@asana-audit/jsonl'
import { safeJson } from './safe-text.ts'

/** Standard output for lines of JSON: on a terminal they say the same and do nothing to it, in a pipe they pass as they are. */
export function terminalStream(stream: OutputStream & { readonly isTTY?: boolean }): OutputStream {
  if (stream.isTTY !== true) return stream
  return {
    // Whole lines, so no character is cut in two.
    write: (bytes, done) =>
      stream.write(Buffer.from(`${safeJson(Buffer.from(bytes).toString().trimEnd())}\n`), done),
    on: (event, listener) => stream.on(event, listener),
    off: (event, listener) => stream.off(event, listener),
  }
}
