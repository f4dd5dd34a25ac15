import { constants, readFileSync, readlinkSync } from 'node:fs'
import { fault } from '@asana-audit/core'
import { exitCode } from './exit-code.ts'
import { sayAside } from './say.ts'

let isSomebodyElses = false

/**
 * Handles a standard stream that nobody reads any more, or that has no room, for all commands. An error of standard error is ignored: a
 * log must not end a delivery. On standard output, a reader that has seen enough (`| head`) is not a failure; any other error ends the
 * command with a sentence. Without this, both would be uncaught exceptions.
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
 * `output_closed` where it leads nowhere.
 */
export function outputForRecords(): NodeJS.WriteStream {
  if (leadsNowhere()) throw fault({ fault: 'fatal', final: true, code: 'output_closed', message: nowhere })
  isSomebodyElses = true
  return process.stdout
}

export const nowhere =
  'Standard output is closed or discarded, so every record would be lost. Send it somewhere, for example > records.jsonl, or name another destination.'

/**
 * Node opens /dev/null, to read and write, in place of a standard stream it finds closed; programs that discard the output of another
 * do the same. A shell's `> /dev/null`, which somebody typed, can be written alone. Known on Linux; elsewhere false.
 */
export function leadsNowhere(): boolean {
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
