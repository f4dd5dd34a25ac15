import { setTimeout } from 'node:timers/promises'
import { neverAborted } from '../../../jsonl/test/support/never-aborted.ts'
import { fileSink } from '../../src/index.ts'
import { origin, record } from './records.ts'

/**
 * file-in-use.test.ts runs this in its own process. It writes ten large records at a time to the file, so that a write takes some time,
 * and prints the ids of each accepted write, or the code of the fault. It never ends by itself.
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
  // After a refusal it lets the other processes run.
  if ('code' in outcome) await setTimeout(20)
}
