/**
 * Node marks `node:sqlite` as experimental and says so on every start. What we use of it is covered by our tests on every
 * Node we support, so that one warning is left out; all others pass.
 */
export function silenceSqliteWarning(): void {
  const emitWarning = process.emitWarning
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    const text = typeof warning === 'string' ? warning : warning.message
    if (text.startsWith('SQLite is an experimental feature')) return
    Reflect.apply(emitWarning, process, [warning, ...rest])
  }
}
