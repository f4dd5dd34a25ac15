// A process of read-memory.test.ts: reads an archive, and prints how many events it has.
import { folderStore, readArchive } from '../../src/index.ts'

let events = 0
for await (const _ of readArchive({ store: folderStore({ path: process.argv[2] ?? '' }) })) events += 1
process.stdout.write(String(events))
