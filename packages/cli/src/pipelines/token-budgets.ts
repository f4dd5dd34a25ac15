import { type RequestBudget, requestBudget } from '@asana-audit/core'
import type { PipelineSettings } from '../config/pipeline-settings.ts'
import type { Settings } from '../config/read-settings.ts'

/** One budget a token, whatever uses it: Asana counts by token. */
export function tokenBudgets({
  requestsPerMinute,
}: Pick<Settings, 'requestsPerMinute'>): (pipeline: PipelineSettings) => RequestBudget {
  const budgets = new Map<string, RequestBudget>()
  return ({ token }) => {
    const budget = budgets.get(token.source) ?? requestBudget({ perMinute: requestsPerMinute })
    budgets.set(token.source, budget)
    return budget
  }
}
