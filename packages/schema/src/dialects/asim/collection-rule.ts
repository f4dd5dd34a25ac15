import { checkOptionNames, type OptionNames } from '../../known-options.ts'
import type { AsimSchema } from '../../mapping/asim-events.ts'
import { asimColumns, type ColumnType } from './asim-columns.ts'

export interface AsimRuleOptions {
  /**
   * The resource id of the Log Analytics workspace in Azure.
   * @default a placeholder with `SUBSCRIPTION`, `GROUP` and `WORKSPACE`
   */
  workspaceResourceId?: string
  /**
   * The Azure region of the workspace.
   * @default the placeholder `LOCATION`
   */
  location?: string
  /**
   * A table of your own for all three schemas, as `asimTable` describes it.
   * @default Sentinel's own tables for ASIM
   */
  table?: `${string}_CL`
}

const optionNames: OptionNames<AsimRuleOptions> = { workspaceResourceId: true, location: true, table: true }

/** The stream that events are sent to: it takes what `toAsim` writes. */
const asimStream = 'Custom-AsanaAudit'

/** A data collection rule of Azure Monitor, for the Logs Ingestion API. */
export interface AsimCollectionRule {
  location: string
  kind: 'Direct'
  properties: {
    streamDeclarations: { [stream: string]: { columns: AsimColumn[] } }
    destinations: { logAnalytics: [{ name: string; workspaceResourceId: string }] }
    dataFlows: { streams: [string]; destinations: [string]; transformKql: string; outputStream: string }[]
  }
}

export interface AsimColumn {
  name: string
  type: ColumnType
}

/** The table of Sentinel for each schema. */
const tables: { readonly [Schema in AsimSchema]: string } = {
  AuditEvent: 'ASimAuditEventLogs',
  Authentication: 'ASimAuthenticationEventLogs',
  UserManagement: 'ASimUserManagementActivityLogs',
}

const placeholder =
  '/subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers/Microsoft.OperationalInsights/workspaces/WORKSPACE'

/**
 * A data collection rule that takes events as `toAsim` writes them: into Sentinel's own tables, each into the one of
 * its schema, or into a table of your own.
 */
export function asimCollectionRule(options: AsimRuleOptions = {}): AsimCollectionRule {
  checkOptionNames('asimCollectionRule', optionNames, options)
  const { workspaceResourceId = placeholder, location = 'LOCATION', table } = options
  const name = 'sentinel'
  const flow = (transformKql: string, outputStream: string) => ({
    streams: [asimStream] as [string],
    destinations: [name] as [string],
    transformKql,
    outputStream,
  })
  const schemas = Object.entries(tables) as [AsimSchema, string][]
  return {
    location,
    kind: 'Direct',
    properties: {
      streamDeclarations: { [asimStream]: { columns: columns() } },
      destinations: { logAnalytics: [{ name, workspaceResourceId }] },
      dataFlows:
        table === undefined
          ? schemas.map(([schema, native]) => flow(transform(schema), `Microsoft-${native}`))
          : [flow('source', `Custom-${table}`)],
    },
  }
}

/** A table of your own that has every column of the three schemas, for the Tables API of Log Analytics. */
export function asimTable(name: `${string}_CL`): {
  properties: { schema: { name: string; columns: AsimColumn[] } }
} {
  return { properties: { schema: { name, columns: columns() } } }
}

function columns(): AsimColumn[] {
  return [...asimColumns].map(([name, { type }]) => ({ name, type }))
}

/** Sentinel's own tables have no column for the product as device: its parsers take the identifier of the device. */
function transform(schema: AsimSchema): string {
  const stored = [...asimColumns].filter(([, { schemas, isMade }]) => schemas.includes(schema) && !isMade)
  const names = [...stored.map(([name]) => name), 'DvcId = Dvc', "DvcIdType = 'Other'"]
  return `source | where EventSchema == '${schema}' | project ${names.join(', ')}`
}
