import type { Leg } from '../case.ts'
import { backfillLeg } from './backfill.ts'
import { collectorLeg } from './collector.ts'
import { fetchLeg } from './fetch.ts'
import { growthLeg } from './growth.ts'
import { hecLeg } from './hec.ts'
import { lossesLeg } from './losses.ts'
import { memoryLeg } from './memory.ts'
import { otlpLeg } from './otlp.ts'
import type { Scale } from './row.ts'
import { wholeLegs } from './whole.ts'

export function allLegs(scale: Scale): Leg[] {
  return [
    ...wholeLegs(scale),
    fetchLeg(scale),
    otlpLeg(scale),
    hecLeg(scale),
    backfillLeg(scale),
    collectorLeg(scale),
    lossesLeg(scale),
    memoryLeg(scale),
    growthLeg(scale),
  ]
}
