import type { Leg } from '../case.ts'
import { archiveLegs } from './archive.ts'
import { backfillLeg } from './backfill.ts'
import { backfillRequestsLeg } from './backfill-requests.ts'
import { collectorLeg } from './collector.ts'
import { destinationsLeg } from './destinations.ts'
import { fetchLeg } from './fetch.ts'
import { growthLeg } from './growth.ts'
import { hecLeg } from './hec.ts'
import { limitLeg } from './limit.ts'
import { lossesLeg } from './losses.ts'
import { memoryLeg } from './memory.ts'
import { otlpLeg } from './otlp.ts'
import { restLeg } from './rest.ts'
import type { Scale } from './row.ts'
import { startLeg } from './start.ts'
import { tailLeg } from './tail.ts'
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
    destinationsLeg(scale),
    limitLeg(scale),
    backfillRequestsLeg(scale),
    startLeg(scale),
    tailLeg(scale),
    restLeg(scale),
    ...archiveLegs(scale),
  ]
}
