import { neverAborted } from '../../../jsonl/test/support/never-aborted.ts'
import { fileSink } from '../../src/index.ts'
import { origin, record, records } from './records.ts'

/**
 * file-sink.test.ts runs this in its own process, with a limit on the size of files. It writes a small batch, one that does not fit,
 * and another small one, and prints how each ended.
 */
const sink = fileSink({ ...origin, path: process.argv[2]! })
const batches = [records(2), [record('big', { pad: 'x'.repeat(60_000) })], [record('after')]]
for (const batch of batches) {
  const outcome = await sink.write(batch, neverAborted).then(
    () => 'accepted',
    ({ fault, code, accepted }) => ({ fault, code, accepted }),
  )
  console.log(JSON.stringify(outcome))
}
