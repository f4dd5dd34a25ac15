import { begin } from './begin.ts'

// The entry of the single executable. Node runs it as CommonJS, which has no `await` at the top level.
begin(process.execPath)

/** The exit code that Node has for an `await` at the top level that never ends. */
const unfinished = (): void => {
  process.exitCode ??= 13
}
process.once('exit', unfinished)
void import('./main.ts').then(({ main }) => main()).finally(() => process.off('exit', unfinished))
