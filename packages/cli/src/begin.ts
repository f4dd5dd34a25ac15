import { restartWithLessMemory } from './restart-with-less-memory.ts'
import { holdEarlySignals } from './terminal/early-signals.ts'

/** What comes before anything else is loaded. `entry`: the file that Node runs; for the single executable the executable itself. */
export function begin(entry: string): void {
  restartWithLessMemory(entry)
  // Not before: a restart forgets what a signal means.
  holdEarlySignals()
}
