import { setTimeout } from 'node:timers/promises'
import { neverAborted } from '../../../jsonl/test/support/never-aborted.ts'
import { fileSink } from '../../src/index.ts'
import { origin, record } from './records.ts'

/**
 * Run by file-in-use.test.ts in a process of its own: writes records to the file, ten at a time and large enough that their lines are on
 * the way for a while, and prints the ids of each write once it was accepted, or the code it was refused with. Never ends by itself.
 */
const [, , path = '', name = '', rotateBytes] = process.argv
const sink = fileSink({ ...origin, path, ...(rotateBytes && { rotateBytes: Number(rotateBytes) }) })
for (let write = 0; ; write++) {
  const ids = Array.from({ length: 10 }, (_, index) => `${name}-${write}-${index}`)
  const outcome = await sink
    .write(
      ids.map((id) => record(id, { pad: 'x'.repeat(20_000) })),
      neverAborted,
    )
    .then(
      () => ({ accepted: ids }),
      ({ code }) => ({ code }),
    )
  process.stdout.write(`${JSON.stringify(outcome)}\n`)
  // A refused one leaves the processor to the others.
  if ('code' in outcome) await setTimeout(20)
}
