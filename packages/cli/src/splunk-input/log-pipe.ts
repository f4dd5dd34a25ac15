import { splunkdPipe } from '@asana-audit/splunk-input'
import type { LogOutput } from './input-log.ts'

/** How many bytes of lines wait while splunkd does not read them. Newer lines are left out. */
const mostBytes = 65_536

/** Standard error to splunkd, which never delays the input. */
export function logPipe(): LogOutput {
  const stream = splunkdPipe(2)
  // splunkd no longer reads, and there is no other place to report that.
  stream.on('error', () => {})
  return {
    write(line) {
      if (stream.writableLength < mostBytes) stream.write(line)
    },
  }
}
