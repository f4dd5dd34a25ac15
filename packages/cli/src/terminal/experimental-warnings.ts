/** The warnings of Node's `node:sqlite` and of undici's support for SOCKS proxies. */
const tested = ['SQLite is an experimental feature', 'SOCKS5 proxy support is experimental']

/**
 * Experimental features print a warning at every start. Our tests cover what we use of them on every Node we support, so these
 * warnings are suppressed. All others are printed.
 */
export function silenceExperimentalWarnings(): void {
  const emitWarning = process.emitWarning
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    const text = typeof warning === 'string' ? warning : warning.message
    if (tested.some((beginning) => text.startsWith(beginning))) return
    Reflect.apply(emitWarning, process, [warning, ...rest])
  }
}
