import { constants, readFileSync, readlinkSync } from 'node:fs'
import { fault } from '@asana-audit/core'
import { exitCode } from './exit-code.ts'
import { sayFailure } from './say.ts'

let isForRecords = false

/**
 * For all commands: handles a standard stream that nobody reads any more, or whose disk is full. Errors of standard error are ignored:
 * a log must not end a delivery. On standard output, a reader that has stopped reading (`| head`) is not a failure. Any other error ends
 * the command with a sentence. Without this, both would be uncaught exceptions.
 */
export function guardStandardStreams(): void {
  let failed = false
  process.stderr.on('error', () => {})
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || isForRecords || failed) return
    failed = true
    sayFailure(
      `Standard output could not be written (${error.code ?? error.message}), so the output is incomplete. Free some disk space, or write it to another place.`,
    )
    // Exit after the sentence is written, or after nobody reads standard error any more.
    process.stderr.write('', () => process.exit(exitCode.failed))
  })
}

/**
 * Standard output for records. From then on the pipeline handles its errors: it must not count lost records as delivered. Throws the
 * fatal fault `output_closed` if standard output is closed or discarded.
 */
export function outputForRecords(): NodeJS.WriteStream {
  if (isOutputDiscarded())
    throw fault({ fault: 'fatal', final: true, code: 'output_closed', message: outputDiscarded })
  isForRecords = true
  return process.stdout
}

export const outputDiscarded =
  'Standard output is closed or discarded, so every record would be lost. Redirect it, for example > records.jsonl, or choose another destination.'

/**
 * If a standard stream is closed, Node opens /dev/null in its place, for reading and writing. Programs that discard the output of
 * another program do the same. A shell opens `> /dev/null`, which a person typed, only for writing. Works on Linux; false elsewhere.
 */
export function isOutputDiscarded(): boolean {
  if (process.platform !== 'linux') return false
  try {
    if (readlinkSync('/proc/self/fd/1') !== '/dev/null') return false
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync('/proc/self/fdinfo/1', 'utf8'))?.[1]
    return (
      flags !== undefined &&
      (Number.parseInt(flags, 8) & (constants.O_WRONLY | constants.O_RDWR)) === constants.O_RDWR
    )
  } catch {
    // Without /proc this cannot be known.
    return false
  }
}
