import { fstatSync } from 'node:fs'
import { Socket } from 'node:net'

/**
 * Standard output (1) or standard error (2) to splunkd. Those of `process` write to a pipe synchronously: while splunkd does not read, not
 * even a signal would be noticed. This one waits in the system and leaves the process free. Where it is no pipe, a person is trying the
 * command.
 */
export function splunkdPipe(fd: 1 | 2): Socket | NodeJS.WriteStream {
  const output = fstatSync(fd)
  if (!output.isFIFO() && !output.isSocket()) return fd === 1 ? process.stdout : process.stderr
  return new Socket({ fd, readable: false, writable: true })
}
