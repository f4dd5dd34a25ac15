import type { AuditLogFilters, HttpClientOptions } from '@asana-audit/core'
import { asanaBaseUrl, type NamedPath, readCertificates, sourceDefaults } from '@asana-audit/core/config'
import type { FieldPolicy, RelevancePolicy } from '@asana-audit/schema'
import type { Dialect } from '../../dialect.ts'
import type { Problem, Warning } from '../../terminal/problem.ts'
import { type CommonSettings, commonSettings } from '../common-settings.ts'
import { type Destination, readDestination } from '../destination/destination.ts'
import { fileDialectProblem } from '../destination/file-dialect.ts'
import { destinationName, writtenDestination } from '../destination/written-destination.ts'
import { type DetectSettings, readDetect } from '../monitoring/detect.ts'
import type { Origin } from '../origin.ts'
import type { Proxies } from '../proxy/proxies-from-env.ts'
import { readToken } from '../secrets/read-token.ts'
import type { Token } from '../secrets/token.ts'
import type { AddContext } from './context.ts'
import { readFilters } from './filters.ts'
import { pipelineDigest } from './pipeline-digest.ts'
import type { PipelineDocument } from './pipeline-document.ts'
import { destinationsOf, pipelineName } from './pipeline-name.ts'
import { policyWarnings, readFieldPolicy, readHashKey, readRelevance, relevanceWarnings } from './policies.ts'
import { unusedSettings } from './unused-settings.ts'

/** One workspace delivered to one destination, with its own cursor. */
export interface PipelineSettings {
  readonly name: string
  readonly workspace: string
  readonly token: Token
  readonly baseUrl: string
  /** For requests to Asana, through the proxies. */
  readonly http: Omit<HttpClientOptions, 'proxy'>
  /** For requests to a destination. */
  readonly proxies: Proxies
  readonly filters: AuditLogFilters
  readonly since: string | undefined
  readonly until: string | undefined
  readonly pollMs: number | undefined
  readonly maxPollMs: number | undefined
  /** How late an event may appear and still be found, and how often we look. */
  readonly settledWindowMs: number
  readonly rereadEveryMs: number
  readonly limit: number | undefined
  readonly maxResponseBytes: number | undefined
  readonly fieldPolicy: FieldPolicy
  readonly details: 'json' | 'structured'
  readonly relevance: RelevancePolicy | undefined
  /** Undefined: nothing is added to events. */
  readonly context?: AddContext | undefined
  /** Whether each event says where it came from, and how. */
  readonly provenance?: true
  /** Only the first destination of a document has rules: one finding is enough. */
  readonly detect?: DetectSettings | undefined
  readonly destination: Destination
  /** How a file or standard output is written. */
  readonly format: Dialect
  /** The name of the destination's setting in error messages. */
  readonly destinationSetting: string
  /** Equal for equal settings, so that a change of the file can be noticed. */
  readonly digest: string
  /** Printed before anything starts. */
  readonly warnings: readonly Warning[]
}

/**
 * Returns one pipeline for each destination. If there are problems, the pipelines must not run, but can still be checked together.
 */
export async function pipelineSettings(
  document: PipelineDocument,
  origin: Origin,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
  common?: CommonSettings,
): Promise<PipelineSettings[]> {
  const given: CommonSettings = common ?? (await commonSettings(env, problems))
  const { commands, proxies } = given
  const { workspace } = document
  const { settingName } = origin
  const warnings: Warning[] = [...proxies.warnings]
  const token = given.token ?? (await readToken(document, origin, env, problems, commands))
  const ca = document.ca_file === undefined ? undefined : namedPath('ca_file', document.ca_file, origin)
  const { certificates, problems: unreadable = [] } = await readCertificates({ ...(ca && { ca }) })
  problems.push(...unreadable)
  const filters = readFilters(document, settingName, problems, warnings)
  const hashKey = readHashKey(document, origin, problems)
  const policy = readFieldPolicy(document, hashKey, origin, problems)
  const relevance = readRelevance(document, origin, problems)
  const rules = await readDetect(document, origin, problems)
  const { provenance, ...client } = document.context ?? {}
  const context =
    Object.keys(client).length > 0
      ? await (await import('./context.ts')).readContext(client, origin, problems)
      : undefined
  warnings.push(...policyWarnings(policy), ...relevanceWarnings(relevance))
  const pipelines: PipelineSettings[] = []
  for (const [index, [to, at]] of destinationsOf(document).entries()) {
    const before = problems.length
    const written = writtenDestination(to, at, origin, problems)
    const destination = written && (await readDestination(written, at, origin, env, problems, commands))
    if (!destination || problems.length > before) continue
    const format = document.format ?? 'otlp'
    problems.push(...formatProblems(document.format, destination, settingName('format')))
    const mixed = destination.kind === 'file' ? fileDialectProblem(destination.path, format) : undefined
    if (mixed !== undefined) problems.push({ setting: settingName('format'), message: mixed })
    const http = proxies.through(certificates?.credentials)
    pipelines.push({
      name: pipelineName(document, written),
      workspace,
      token,
      baseUrl: document.base_url ?? asanaBaseUrl,
      http,
      proxies,
      filters,
      since: document.since,
      until: document.until,
      pollMs: document.poll,
      maxPollMs: document.max_poll,
      settledWindowMs: document.settled_window ?? sourceDefaults.settledWindowMs,
      rereadEveryMs: document.reread_every ?? sourceDefaults.rereadEveryMs,
      limit: document.limit,
      maxResponseBytes: document.max_response_bytes,
      fieldPolicy: policy,
      details: document.details ?? 'json',
      relevance,
      ...(context && { context }),
      ...(provenance && { provenance }),
      ...(index === 0 && rules && { detect: rules.detect }),
      destination,
      format,
      destinationSetting: settingName(at),
      digest: pipelineDigest(document, to, { hashKey, http, destination, rules: rules?.digest }),
      warnings: [
        ...warnings,
        ...(index === 0 && rules ? rules.warnings : []),
        ...unusedSettings(document, destination, format, destinationName(written)),
      ],
    })
  }
  return pipelines
}

function namedPath(key: string, written: string, origin: Origin): NamedPath {
  return { setting: origin.settingName(key), path: origin.file(written), written }
}

/** `format` is only for files and standard output. */
function formatProblems(format: Dialect | undefined, { kind }: Destination, setting: string): Problem[] {
  if (format === undefined || kind === 'file' || kind === 'stdout') return []
  const instead =
    kind === 'splunk-hec' ? ' For splunk-hec use --hec-format, or in YAML format: inside splunk_hec.' : ''
  const message = `It is only for file:PATH and stdout, but the destination is ${kind}. Leave it out, or give that destination its own pipeline.${instead}`
  return [{ setting, message }]
}
