import { setTimeout as wait } from 'node:timers/promises'

/** After this nothing comes any more: only what hangs should fail by time. */
const patienceMs = 240_000

/** Resolves once `isSo`; rejects with `what` was waited for if that never comes, or with the reason of `signal`. */
export async function until(
  what: string | (() => string),
  isSo: () => boolean | Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  const began = performance.now()
  while (!(await isSo())) {
    signal.throwIfAborted()
    if (performance.now() - began > patienceMs)
      throw new Error(`This never came: ${typeof what === 'string' ? what : what()}`)
    await wait(50)
  }
}
