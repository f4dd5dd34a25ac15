/** Of Node's `node:sqlite` and of undici's way through SOCKS proxies. */
const tested = ['SQLite is an experimental feature', 'SOCKS5 proxy support is experimental']

/**
 * What is marked as experimental says so on every start. What we use of it is covered by our tests on every Node we support, so that
 * these warnings are left out; all others pass.
 */
export function silenceExperimentalWarnings(): void {
  const emitWarning = process.emitWarning
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    const text = typeof warning === 'string' ? warning : warning.message
    if (tested.some((beginning) => text.startsWith(beginning))) return
    Reflect.apply(emitWarning, process, [warning, ...rest])
  }
}
