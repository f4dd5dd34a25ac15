import type { FleetCase } from './fleet-case.ts'

const many = { tenants: 10_000, backlogs: 0, backlogEvents: 1 }
const busy = { tenants: 2_000, backlogs: 0, backlogEvents: 1 }

/** Names of the rows that the marks look for. */
export const rowNames = {
  grouped: '2,000 tenants every 10 s, commits grouped',
  single: '2,000 tenants every 10 s, groupMs 0',
  alone: '2,000 tenants every 10 s, request and delivery alone',
  plain: '2,000 tenants every 10 s, plain loop, SQLite',
  minute: '10,000 tenants a minute',
  backlogs: '4,000 tenants a minute beside 50 backlogs',
} as const

/** `quick`: shorter, so that memory over time and rare gaps say little. */
export function fleetCases(quick: boolean): FleetCase[] {
  const seconds = quick ? 20 : 120
  const common = { tenants: busy, pollSeconds: 10, workers: 2, isGrouped: true, seconds }
  return [
    { ...common, name: rowNames.grouped, engine: 'fleet' },
    { ...common, name: rowNames.single, engine: 'fleet', isGrouped: false },
    { ...common, name: rowNames.alone, engine: 'turns alone' },
    { ...common, name: rowNames.plain, engine: 'plain loop', workers: 1 },
    {
      name: rowNames.minute,
      engine: 'fleet',
      tenants: many,
      ...{ pollSeconds: 60, workers: 3, isGrouped: true, seconds: quick ? 90 : 1_800 },
    },
    {
      name: rowNames.backlogs,
      engine: 'fleet',
      tenants: { tenants: 4_000, backlogs: 50, backlogEvents: 200_000 },
      ...{ pollSeconds: 60, workers: 3, isGrouped: true, seconds: quick ? 90 : 300 },
    },
  ]
}
