import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Destination, Setup } from '../variant.ts'

/** Where a pipeline into a file writes, in the folder of the round. */
export const filePath = (folder: string): string => join(folder, 'audit.jsonl')

/** Where the command keeps its state, in the folder of the round. */
export const statePath = (folder: string): string => join(folder, 'state.db')

/** The settings of the command as a file: a pipeline of the same workspace for each destination. */
export function settingsFile(setup: Setup, workspace: string): string {
  const { folder, asanaUrl, hecToken, otlpUrl, hecOrigin, maxPoll, requestsPerMinute } = setup
  const tokenFile = secret(folder, 'asana-token', setup.token)
  const destinations: Readonly<Record<Destination, () => object>> = {
    otlp: () => ({ otlp: { endpoint: otlpUrl } }),
    hec: () => ({
      splunk_hec: {
        url: hecOrigin,
        token_file: secret(folder, 'hec-token', hecToken),
        allow_plain_http: true,
      },
    }),
    file: () => ({ file: { path: filePath(folder) } }),
  }
  const pipelines = (setup.into ?? ['otlp']).map((name) => ({
    name,
    workspace,
    base_url: asanaUrl,
    token_file: tokenFile,
    to: [destinations[name]()],
    ...(maxPoll !== undefined && { max_poll: maxPoll }),
  }))
  const settings = {
    state: statePath(folder),
    ...(requestsPerMinute !== undefined && { requests_per_minute: requestsPerMinute }),
    pipelines,
  }
  const path = join(folder, 'pipelines.yaml')
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(settings))
  return path
}

function secret(folder: string, name: string, value: string): string {
  const path = join(folder, name)
  writeFileSync(path, value, { mode: 0o600 })
  return path
}
