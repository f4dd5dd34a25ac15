import type { Reporter } from './reporter.ts'

/** Reports nothing: for what needs only a part of a reporter. */
export const silent: Reporter = {
  started() {},
  fact() {},
  warning() {},
  stateWarning() {},
  failed() {},
  stopping() {},
  finished() {},
}
