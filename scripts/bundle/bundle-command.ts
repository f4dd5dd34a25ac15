/** Writes the bundle of the command into `packages/cli`, where it is packed. It runs when that package is packed. */
import { writeBundle } from './write-bundle.ts'

await writeBundle()
