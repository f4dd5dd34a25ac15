import { type RequestBudget, requestBudget } from '@asana-audit/core'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import type { Settings } from '../../config/read-settings.ts'

/** One request budget for each token, because Asana counts requests by token. */
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
