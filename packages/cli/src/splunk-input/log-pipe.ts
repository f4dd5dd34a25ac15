import { splunkdPipe } from '@asana-audit/splunk-input'
import type { LogOutput } from './input-log.ts'

/** While splunkd does not read them, so many bytes of lines wait; newer ones are left out. */
const mostBytes = 65_536

/** Standard error to splunkd, which never delays the input. */
export function logPipe(): LogOutput {
  const stream = splunkdPipe(2)
  // Nobody is left to read that nobody reads.
  stream.on('error', () => {})
  return {
    write(line) {
      if (stream.writableLength < mostBytes) stream.write(line)
    },
  }
}
