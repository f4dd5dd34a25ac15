import { type Fact, fault, isFault } from '@asana-audit/core'
import { retry, systemClock } from '@asana-audit/core/sink-kit'
import { type InputDefinition, openSplunkd, readRunXml, type Splunkd } from '@asana-audit/splunk-input'
import { growHeapSlowly } from '../pipelines/heap-growth.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { stopSignals } from '../terminal/stop-signals.ts'
import { deliverInput } from './deliver-input.ts'
import { endedInput } from './ended-input.ts'
import { type InputLog, inputLog } from './input-log.ts'
import { type InputSettings, inputPipeline } from './input-settings.ts'
import { type ClaimedState, claimState } from './input-state.ts'
import { logPipe } from './log-pipe.ts'
import { openInput, requireIndex } from './open-input.ts'
import { watchParent } from './parent-watch.ts'
import { readAgain } from './read-again.ts'
import { inputName, readStandardInput } from './read-standard-input.ts'
import { steadyClock } from './steady-clock.ts'
import { watchIndex } from './watch-index.ts'

/** Splunk leaves out a field whose value is empty. */
const unknown = 'unknown'
/** How long it waits for a person, at the start. */
const pauseMs = 60_000
/** After the end: lines of the log that splunkd does not read must not keep the process alive. */
const lastLinesMs = 1_000

/**
 * The input, until splunkd stops it. What a person must mend is said in the log and tried again. It ends by itself only where the next
 * process has what this one lacks: a session key, or the position of an index that was enabled again.
 */
export async function runInput(): Promise<ExitCode> {
  const started = steadyClock.now()
  growHeapSlowly()
  const output = logPipe()
  let log = inputLog(output, { input: unknown, workspace: unknown })
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, stopSignals((name) => log.stopping(name))])
  try {
    const definition = await readStandardInput(readRunXml, signal)
    const workspace = definition.params.get('workspace') ?? unknown
    log = inputLog(output, { input: inputName(definition), workspace })
    void watchParent(systemClock, signal, () => {
      log.say('warn', 'splunkd_gone', 'splunkd has ended without a signal, so this input ends too.')
      stop.abort()
    })
    await inputUntil(signal, definition, log)
    log.say(
      'info',
      'stopped',
      'The input has stopped. The next start reads again what splunkd may have lost.',
    )
    return exitCode.done
  } catch (error) {
    if (signal.aborted) return exitCode.done
    return await endedInput(error, { log, clock: steadyClock, started, signal })
  } finally {
    stop.abort()
    setTimeout(() => process.exit(), lastLinesMs).unref()
  }
}

async function inputUntil(signal: AbortSignal, definition: InputDefinition, log: InputLog): Promise<void> {
  const splunkd = openSplunkd(definition, signal)
  const lost = new AbortController()
  try {
    const settings = await patiently(log, signal, async () => {
      const opened = await openInput(definition, splunkd, steadyClock, {
        onWarning: (warning) => log.warning(inputPipeline, warning),
        onStale: (found) => lost.abort(found),
      })
      await requireIndex(definition, splunkd)
      return opened
    })
    const { pipeline } = settings
    for (const warning of pipeline.warnings) log.warning(pipeline.name, warning)
    const claimed = await patiently(log, signal, () =>
      claimState(definition, pipeline, {
        ...{ clock: steadyClock, signal },
        onWarning: (warning) => log.stateWarning(warning),
        onWait: () => log.say('info', 'waiting', waiting),
      }),
    )
    try {
      await patiently(log, signal, () => readAgain(settings.readAgainFrom, claimed, log, Date.now()))
      log.started([{ pipeline: pipeline.name, lane: 'live' }], claimed.path)
      await deliverWatched({ definition, settings, claimed, splunkd, log, signal, lost })
    } finally {
      await claimed.state.close()
    }
  } finally {
    await splunkd.close()
  }
}

const waiting =
  'Another process reads this workspace, perhaps the last one of this input, which has not ended yet. This one waits for its end.'

interface OpenInput {
  readonly definition: InputDefinition
  readonly settings: InputSettings
  readonly claimed: ClaimedState
  readonly splunkd: Splunkd
  readonly log: InputLog
  readonly signal: AbortSignal
  /** Aborted with the fault that only another process can mend. */
  readonly lost: AbortController
}

/** Delivers until the signal, or rejects with what was lost. */
async function deliverWatched(input: OpenInput): Promise<void> {
  const { definition, settings, claimed, splunkd, log, signal, lost } = input
  const over = new AbortController()
  const watching = AbortSignal.any([signal, over.signal])
  watchIndex(definition, splunkd, log, { everyMs: settings.trailMs / 2, signal: watching, lost })
  try {
    await deliverInput(definition, settings, claimed, {
      log,
      signal: AbortSignal.any([signal, lost.signal]),
    })
    lost.signal.throwIfAborted()
  } finally {
    over.abort()
  }
}

/** Tries until it works. A session key that has expired ends the process. Rejects with the reason of the signal once that is aborted. */
function patiently<T>(log: InputLog, signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  const onFact = (fact: Fact): void => log.fact({ pipeline: inputPipeline, lane: 'live' }, fact)
  const attemptOnce = async (): Promise<T> => {
    try {
      return await attempt()
    } catch (error) {
      throw isFault(error) && error.code === 'session_expired' ? expired(error.message) : error
    }
  }
  return retry(attemptOnce, { part: 'state', signal, onFact, onFatal: 'pause', pauseMs })
}

/** The next process gets a new key from splunkd. */
function expired(why: string): Error {
  const message = `${why} The input ends a minute after its start, and Splunk starts it again with a new key. If that does not help, restart Splunk.`
  return fault({ fault: 'fatal', final: true, code: 'session_expired', message })
}
