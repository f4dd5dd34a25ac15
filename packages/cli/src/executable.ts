import { restartWithLessMemory } from './restart-with-less-memory.ts'

// The entry of the single executable. Node runs it as CommonJS, which has no `await` at the top level.
restartWithLessMemory(process.execPath)

/** The exit code that Node has for an `await` at the top level that never ends. */
const unfinished = (): void => {
  process.exitCode ??= 13
}
process.once('exit', unfinished)
void import('./main.ts').then(({ main }) => main()).finally(() => process.off('exit', unfinished))
