import { constants, readFileSync, readlinkSync } from 'node:fs'
import { fault } from '@asana-audit/core'
import { exitCode } from './exit-code.ts'
import { sayAside } from './say.ts'

let isSomebodyElses = false

/**
 * What becomes of a stream that nobody reads any more, or that has no room, for all commands. Standard error: nothing, as what is logged
 * must not end what is delivered. Standard output: a reader that has seen enough, as in `| head`, is no failure, and everything else
 * ends the command with a sentence. Without this either would be an exception nobody catches.
 */
export function guardStandardStreams(): void {
  let failed = false
  process.stderr.on('error', () => {})
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || isSomebodyElses || failed) return
    failed = true
    sayAside(
      `asana-audit: Standard output could not be written (${error.code ?? error.message}), so what it holds is not whole. Make room, or send it elsewhere.`,
    )
    // Once the sentence is out, or nobody is there to read it.
    process.stderr.write('', () => process.exit(exitCode.failed))
  })
}

/**
 * Standard output for records. What becomes of it is the pipeline's to say, which must not count them as delivered. Throws a fatal
 * `output_closed` where whoever started this process closed it.
 */
export function outputForRecords(): NodeJS.WriteStream {
  if (wasClosedBeforeTheStart()) {
    const message =
      'Standard output is closed, so every record would be lost. Send it somewhere, for example > records.jsonl, or name another destination.'
    throw fault({ fault: 'fatal', final: true, code: 'output_closed', message })
  }
  isSomebodyElses = true
  return process.stdout
}

/**
 * Node opens /dev/null, to read and write, in place of a standard stream it finds closed. A shell's `> /dev/null`, which is somebody's
 * wish, can be written alone. Known on Linux; elsewhere false.
 */
function wasClosedBeforeTheStart(): boolean {
  if (process.platform !== 'linux') return false
  try {
    if (readlinkSync('/proc/self/fd/1') !== '/dev/null') return false
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync('/proc/self/fdinfo/1', 'utf8'))?.[1]
    return (
      flags !== undefined &&
      (Number.parseInt(flags, 8) & (constants.O_WRONLY | constants.O_RDWR)) === constants.O_RDWR
    )
  } catch {
    // Where /proc is not mounted, nobody can know.
    return false
  }
}
