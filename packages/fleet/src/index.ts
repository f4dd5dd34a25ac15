// Deliver for many tenants, on several machines.
export { fleetWorker } from './worker/fleet-worker.ts'
export type { FleetWorkerOptions } from './worker/fleet-worker-options.ts'
export type { OpenTenant, TenantPipeline } from './worker/tenant-pipeline.ts'
export type { Loss, TurnEnd } from './worker/turn.ts'

// The tables, and what all workers must agree on.
export { type AgreedSettings, agreeAnew, agreeOn } from './schema/agreed-settings.ts'
export { type FleetMigration, migrateFleet } from './schema/migrate-fleet.ts'
export { requireFleet } from './schema/schema-version.ts'

// Tenants, and where their tokens are.
export { importTenants, type TenantImport } from './tenants/import-tenants.ts'
export { missingToken, missingTokens, type TokenPlace } from './tenants/missing-tokens.ts'
export { type NewTenant, type TenantProblem, tenantProblems } from './tenants/new-tenant.ts'
export type { Tenant, TenantPause } from './tenants/tenant.ts'
export type { CsvProblem } from './tenants/tenant-csv.ts'
export {
  addTenant,
  findTenant,
  getTenant,
  listTenants,
  pauseTenant,
  removeTenant,
  resumeTenant,
} from './tenants/tenants.ts'
export { tokenReaders } from './tenants/token-readers.ts'
export type { WrittenTenants } from './tenants/write-tenants.ts'

// For the person on call.
export type { BacklogProgress } from './status/backlog-progress.ts'
export {
  type FleetLag,
  type FleetStatus,
  type FleetWorker,
  fleetStatus,
  type PausedTenant,
  type TenantBehind,
} from './status/fleet-status.ts'
export { type TenantProgress, tenantProgress } from './status/tenant-progress.ts'
