import type { OutputStream } from '@asana-audit/jsonl'
import { safeJson } from './safe-text.ts'

/** Standard output for JSON lines. On a terminal unsafe characters are escaped; in a pipe the lines are unchanged. */
export function terminalStream(stream: OutputStream & { readonly isTTY?: boolean }): OutputStream {
  if (stream.isTTY !== true) return stream
  return {
    // Each write holds whole lines, so no character is split.
    write: (bytes, done) =>
      stream.write(Buffer.from(`${safeJson(Buffer.from(bytes).toString().trimEnd())}\n`), done),
    on: (event, listener) => stream.on(event, listener),
    off: (event, listener) => stream.off(event, listener),
  }
}
