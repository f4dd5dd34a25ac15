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

/** Standard output for records. What becomes of it is the pipeline's to say, which must not count them as delivered. */
export function outputForRecords(): NodeJS.WriteStream {
  isSomebodyElses = true
  return process.stdout
}
