import { getAuditLogEvents, httpClient, type LaneSummary, toFault } from '@asana-audit/core'
import { isClaimed } from '@asana-audit/jsonl'
import { pantherReachable } from '@asana-audit/panther-http'
import { hecHealth } from '@asana-audit/splunk-hec'
import type { Destination } from '../config/destination/destination.ts'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import { outputFileProblem } from '../config/places/output-file-problem.ts'
import type { StatePath } from '../config/state-path.ts'
import { findingsNotWritten, takesFindings } from '../findings/findings-not-written.ts'
import { hecConnectionOf } from '../pipelines/destination/hec-connection.ts'
import { pantherConnectionOf } from '../pipelines/destination/panther-connection.ts'
import { beginningOf } from '../pipelines/run/start-warnings.ts'
import type { Warning } from '../terminal/problem.ts'
import { isOutputDiscarded, outputDiscarded } from '../terminal/standard-streams.ts'
import { withCaSetting } from './ca-setting.ts'
import { checkOtlp } from './check-otlp.ts'
import { isRunning } from './is-running.ts'
import { throughProxy } from './through-proxy.ts'
import type { Verdict } from './verdict.ts'

/** The result of one check. */
export interface Finding extends Verdict {
  readonly pipeline: string | undefined
  readonly what: string
}

/** The warnings about the settings of a pipeline. */
export function checkSettings(pipeline: PipelineSettings): Finding[] {
  const { name, warnings, detect } = pipeline
  const all = detect && !takesFindings(pipeline) ? [...warnings, findingsNotWritten] : warnings
  return all.map((warning) => ({ pipeline: name, what: 'settings', ok: true, ...warning }))
}

/** One request checks token, plan, scope and workspace together. */
export async function checkAsana(pipeline: PipelineSettings): Promise<Finding> {
  const { name, workspace, token, baseUrl } = pipeline
  const finding = { pipeline: name, what: 'asana' }
  const noted: Warning[] = []
  const onWarning = (warning: Warning): void => void noted.push(warning)
  const http = httpClient(pipeline.http, onWarning)
  const read = token.reader(onWarning)
  try {
    const page = await getAuditLogEvents({
      workspace,
      token: read,
      baseUrl,
      http,
      limit: 1,
      deadlineMs: 20_000,
    })
    const found = page.data.length > 0 ? 'it has events' : 'it has no events yet'
    // Asks which of two tokens is in use from now on.
    await read()
    const from = `The token comes from ${token.source}.`
    const said = noted.length > 0 ? noted.map((warning) => warning.message).join(' ') : from
    const through = await throughProxy(pipeline.proxies, new URL(baseUrl))
    const message = `The token may read the audit log of workspace ${workspace}${through}; ${found}. ${said}`
    const [warning] = noted
    return { ...finding, ok: true, ...(warning && { code: warning.code }), message }
  } catch (error) {
    const { code, message } = toFault(error)
    return { ...finding, ok: false, code, message: withCaSetting(finding.what, message) }
  } finally {
    await http.close()
  }
}

/**
 * `state`: where the state of the runner is that may be writing the file, if known. `onWarning` gets the warnings about the connection.
 * `lanes`: the positions in the state.
 */
export async function checkDestination(
  pipeline: PipelineSettings,
  state?: StatePath,
  onWarning: (warning: Warning) => void = () => {},
  lanes: readonly LaneSummary[] = [],
): Promise<Finding> {
  const finding = { pipeline: pipeline.name, what: pipeline.destination.kind }
  try {
    return { ...finding, ...(await tryDestination(pipeline, state, onWarning, lanes)) }
  } catch (error) {
    const { code, message } = toFault(error)
    return { ...finding, ok: false, code, message: withCaSetting(finding.what, message) }
  }
}

/** Rejects with the fault of a destination that does not work. */
async function tryDestination(
  pipeline: PipelineSettings,
  state: StatePath | undefined,
  onWarning: (warning: Warning) => void,
  lanes: readonly LaneSummary[],
): Promise<Verdict> {
  const { destination } = pipeline
  switch (destination.kind) {
    case 'stdout':
      return isOutputDiscarded()
        ? { ok: false, code: 'output_closed', message: outputDiscarded }
        : { ok: true, message: 'Records go to standard output.' }
    case 'file':
      return checkFile(pipeline, destination, state)
    case 'splunk-hec': {
      await hecHealth({ ...hecConnectionOf(pipeline, destination), onWarning })
      const { ack, index } = destination.options
      const url = new URL(destination.options.url)
      const place = url.origin + (await throughProxy(pipeline.proxies, url))
      const from = ` The token comes from ${destination.tokenFrom.join(', and a second one from ')}.`
      const knows = ack ? 'knows the token and acknowledges' : 'knows the token'
      const untried = index
        ? ` The first event will show whether the token may write to the index ${JSON.stringify(index)}.`
        : ''
      return { ok: true, message: `${place} is healthy and ${knows}.${from}${untried}` }
    }
    case 'panther-http': {
      await pantherReachable({ ...pantherConnectionOf(pipeline, destination), onWarning })
      const url = new URL(destination.options.url)
      const place = url.origin + (await throughProxy(pipeline.proxies, url))
      const from = `The secret comes from ${destination.secretFrom.join(', and a second one from ')}.`
      const untried =
        'Whether Panther takes the secret cannot be tried without an event: the first one shows it, and only Panther shows whether it is classified.'
      return { ok: true, message: `${place} answers. ${from} ${untried}` }
    }
    case 'archive': {
      const { checkArchive } = await import('./check-archive.ts')
      return checkArchive(pipeline, destination, state, onWarning)
    }
    case 'otlp':
      return checkOtlp(pipeline, destination, beginningOf(pipeline, lanes, Date.now()), onWarning)
  }
}

type FileDestination = Extract<Destination, { kind: 'file' }>

async function checkFile(
  { name }: PipelineSettings,
  destination: FileDestination,
  state: StatePath | undefined,
): Promise<Verdict> {
  const { path } = destination
  const problem = await outputFileProblem(destination)
  if (problem) return { ok: false, code: 'not_writable', message: problem }
  if (!(await isClaimed(path))) return { ok: true, message: `${path} can be written.` }
  if (state !== undefined && (await isRunning(state, name)))
    return { ok: true, message: `${path} is in use by the runner of this pipeline.` }
  const message = `Another process is writing ${path}. Stop it, or choose another path: two writers would lose events.`
  return { ok: false, code: 'file_in_use', message }
}
