import { namedFile, readSmallFile } from '@asana-audit/core/config'
import { codeOf } from '@asana-audit/core/sink-kit'
import {
  type FieldPolicy,
  fieldPolicy,
  keepAll,
  type PolicyError,
  type PolicyProblem,
  type Relevance,
  type RelevancePolicy,
  relevancePolicy,
} from '@asana-audit/schema'
import type { Problem, Warning } from '../../terminal/problem.ts'
import type { Origin } from '../origin.ts'
import { goodValues, type PipelineDocument } from './pipeline-document.ts'

export function readFieldPolicy(
  { fields, people, hash_key_file: keyFile }: PipelineDocument,
  hashKey: string | undefined,
  origin: Origin,
  problems: Problem[],
): FieldPolicy {
  const policy = tried(() =>
    fieldPolicy({
      ...(fields && { fields }),
      ...(people && { people }),
      ...(hashKey !== undefined && { hashKey }),
    }),
  )
  if (!policy.wrong) return policy.made
  // Without a key, report the setting that needs one.
  const asking = Object.entries(fields ?? {}).find(([, action]) => action === 'hash')?.[0]
  const hashKeySetting =
    keyFile !== undefined ? 'hash_key_file' : asking === undefined ? 'people' : `fields.${asking}`
  const isUnreadable = keyFile !== undefined && hashKey === undefined
  for (const { path, message } of policy.wrong) {
    // A file that is named and cannot be read is a problem already.
    if (path[0] === 'hashKey' && isUnreadable) continue
    const settingPath = path[0] === 'hashKey' ? hashKeySetting : path.join('.')
    problems.push({
      setting: origin.settingName(settingPath),
      message: sentence(message.replace('hashKey', 'hash_key_file')),
    })
  }
  return keepAll
}

/** A key is not longer than a token. */
const maxKeyBytes = 65_536

/** The key for hashed fields. Undefined without one; adds a problem if it cannot be read. */
export function readHashKey(
  { hash_key_file: written }: PipelineDocument,
  origin: Origin,
  problems: Problem[],
): string | undefined {
  if (written === undefined) return undefined
  const path = origin.file(written)
  try {
    return readSmallFile(path, maxKeyBytes).trim()
  } catch (error) {
    const message = `The file it names${namedFile(written, path)} cannot be read (${codeOf(error)}). ${goodValues['hash_key_file']}`
    problems.push({ setting: origin.settingName('hash_key_file'), message })
    return undefined
  }
}

export function policyWarnings({ warnings }: FieldPolicy): Warning[] {
  return warnings.map((warning) => ({ code: 'field_policy', message: `fields: ${warning}.` }))
}

export function readRelevance(
  { relevance }: PipelineDocument,
  { settingName }: Origin,
  problems: Problem[],
): RelevancePolicy | undefined {
  if (relevance === undefined) return undefined
  const policy = tried(() => relevancePolicy(relevance as Record<string, Relevance>))
  if (!policy.wrong) return policy.made
  for (const { path, message } of policy.wrong) {
    problems.push({ setting: settingName(['relevance', ...path].join('.')), message: sentence(message) })
  }
  return undefined
}

export function relevanceWarnings(relevance: RelevancePolicy | undefined): Warning[] {
  return (relevance?.unknown ?? []).map((name) => {
    const message = `relevance: this version does not know the event type ${name}. The level applies as soon as Asana sends one.`
    return { code: 'unknown_event_type', message }
  })
}

function tried<T>(
  make: () => T,
): { readonly made: T; readonly wrong?: never } | { readonly wrong: readonly PolicyProblem[] } {
  try {
    return { made: make() }
  } catch (error) {
    if (!(error instanceof TypeError && 'problems' in error)) throw error
    return { wrong: (error as PolicyError).problems }
  }
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`
}
