import type { Delivered, Fault } from '@asana-audit/core'

export interface PipelineResult {
  readonly pipeline: string
  readonly delivered: Delivered
  readonly fault?: Fault
}
