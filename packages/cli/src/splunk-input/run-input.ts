import { type Fact, type Fault, isFault } from '@asana-audit/core'
import { retry, systemClock } from '@asana-audit/core/sink-kit'
import { type InputDefinition, openSplunkd, readRunXml, type Splunkd } from '@asana-audit/splunk-input'
import { growHeapSlowly } from '../pipelines/heap-growth.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { stopSignals } from '../terminal/stop-signals.ts'
import { deliverInput } from './deliver-input.ts'
import { type InputLog, inputLog } from './input-log.ts'
import { type InputSettings, inputPipeline } from './input-settings.ts'
import { type ClaimedState, claimState } from './input-state.ts'
import { logPipe } from './log-pipe.ts'
import { openInput, requireIndex } from './open-input.ts'
import { watchParent } from './parent-watch.ts'
import { inputName, readStandardInput } from './read-standard-input.ts'
import { watchIndex } from './watch-index.ts'

/** Splunk starts an input again as soon as it has ended, where its interval is 0. A failure waits until a minute after the start. */
const shortestLifeMs = 60_000
/** How long it waits for a person, at the start. */
const pauseMs = 60_000
/** After the end: lines of the log that splunkd does not read must not keep the process alive. */
const lastLinesMs = 1_000

/**
 * The input, until splunkd stops it. What a person must mend is said in the log and tried again. It ends by itself only where the next
 * process has what this one lacks: a session key, or the position of an index that was enabled again.
 */
export async function runInput(): Promise<ExitCode> {
  const started = systemClock.now()
  growHeapSlowly()
  const output = logPipe()
  let log = inputLog(output, {})
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, stopSignals((name) => log.stopping(name))])
  try {
    const definition = await readStandardInput(readRunXml)
    const workspace = definition.params.get('workspace') ?? ''
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
    if (!isFault(error)) throw error
    return await ended(error, log, started + shortestLifeMs, signal)
  } finally {
    stop.abort()
    setTimeout(() => process.exit(), lastLinesMs).unref()
  }
}

async function ended(error: Fault, log: InputLog, until: number, signal: AbortSignal): Promise<ExitCode> {
  if (error.code === 'splunkd_gone') {
    log.say('info', error.code, error.message)
    return exitCode.done
  }
  log.failed(error)
  // Only a stop ends the wait.
  await systemClock.sleep(Math.max(0, until - systemClock.now()), signal).catch(() => {})
  return exitCode.failed
}

async function inputUntil(signal: AbortSignal, definition: InputDefinition, log: InputLog): Promise<void> {
  const splunkd = openSplunkd(definition)
  try {
    const settings = await patiently(log, signal, async () => {
      const opened = await openInput(definition, splunkd, systemClock, (warning) =>
        log.warning(inputPipeline, warning),
      )
      await requireIndex(definition, splunkd)
      return opened
    })
    const { pipeline } = settings
    for (const warning of pipeline.warnings) log.warning(pipeline.name, warning)
    const claimed = await patiently(log, signal, () =>
      claimState(definition, pipeline, (warning) => log.stateWarning(warning)),
    )
    try {
      log.started([{ pipeline: pipeline.name, lane: 'live' }], claimed.path)
      await deliverWatched({ definition, settings, claimed, splunkd, log, signal })
    } finally {
      await claimed.state.close()
    }
  } finally {
    await splunkd.close()
  }
}

interface OpenInput {
  readonly definition: InputDefinition
  readonly settings: InputSettings
  readonly claimed: ClaimedState
  readonly splunkd: Splunkd
  readonly log: InputLog
  readonly signal: AbortSignal
}

/** Delivers until the signal, or rejects once the index is disabled. */
async function deliverWatched(input: OpenInput): Promise<void> {
  const { definition, settings, claimed, splunkd, log, signal } = input
  const over = new AbortController()
  const lost = watchIndex(definition, splunkd, log, {
    everyMs: settings.trailMs / 2,
    signal: AbortSignal.any([signal, over.signal]),
  })
  try {
    await deliverInput(definition, settings, claimed, {
      ...{ log, clock: systemClock },
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
      // The next process gets a new key from splunkd.
      throw isFault(error) && error.code === 'session_expired' ? Object.assign(error, { final: true }) : error
    }
  }
  return retry(attemptOnce, { part: 'state', signal, onFact, onFatal: 'pause', pauseMs })
}
