import { type AsanaSourceOptions, httpClient, type RequestBudget, type SharedReader } from '@asana-audit/core'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import type { Warning } from '../terminal/problem.ts'

/** The options a pipeline reads Asana with, and their connection. */
export interface OpenAsana {
  readonly options: AsanaSourceOptions
  close(): Promise<void>
}

export function openAsana(
  pipeline: PipelineSettings,
  budget: RequestBudget,
  shared?: SharedReader,
  onWarning?: (warning: Warning) => void,
): OpenAsana {
  const { workspace, token, baseUrl, filters, limit, maxResponseBytes, fieldPolicy } = pipeline
  const { settledWindowMs, rereadEveryMs } = pipeline
  const http = httpClient(pipeline.http, onWarning)
  return {
    options: {
      ...{
        workspace,
        token: token.reader(onWarning),
        baseUrl,
        http,
        budget,
        filters,
        limit,
        maxResponseBytes,
      },
      ...{ fieldPolicy, settledWindowMs, rereadEveryMs, shared },
    },
    close: () => http.close(),
  }
}
