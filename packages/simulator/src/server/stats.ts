import type { FaultKind } from './faults.ts'

export interface SimulatorStats {
  /** All requests that arrived. */
  requests: number
  /** The number of answers by status. A reset connection has no status. */
  byStatus: Record<string, number>
  /** The number of requests with a fault, by its kind. */
  byFault: Record<string, number>
  inFlight: number
  peakInFlight: number
}

export interface StatsKeeper {
  /** Returns how many requests are in flight, this one included. */
  arrived(): number
  decided(status: number | undefined, fault: FaultKind | undefined): void
  left(): void
  snapshot(): SimulatorStats
}

export function createStats(): StatsKeeper {
  const stats: SimulatorStats = { requests: 0, byStatus: {}, byFault: {}, inFlight: 0, peakInFlight: 0 }

  function count(counts: Record<string, number>, key: string | number | undefined): void {
    if (key !== undefined) counts[key] = (counts[key] ?? 0) + 1
  }

  return {
    arrived() {
      stats.requests++
      stats.peakInFlight = Math.max(stats.peakInFlight, ++stats.inFlight)
      return stats.inFlight
    },
    decided(status, fault) {
      count(stats.byStatus, status)
      count(stats.byFault, fault)
    },
    left() {
      stats.inFlight--
    },
    snapshot: () => structuredClone(stats),
  }
}
