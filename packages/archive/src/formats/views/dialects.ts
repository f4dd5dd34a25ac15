import type { AuditLogEvent } from '@asana-audit/schema'
import type { ArchiveViewOptions } from '../view-options.ts'

/** The formats that are JSON lines of a dialect. */
export const dialectNames = ['ocsf_jsonl', 'ecs', 'cim'] as const
export type DialectName = (typeof dialectNames)[number]

type ToView = (event: AuditLogEvent, options: ArchiveViewOptions) => object

interface Dialect {
  /** The tables of a dialect are loaded for events, and not to read what is stored. */
  load(): Promise<ToView>
  /** Where the dialect has the gid and the time of an event as Asana sent them. */
  identityOf(view: unknown): { readonly gid: unknown; readonly created_at: unknown }
}

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce((part, name) => (Object(part) as Record<string, unknown>)[name], value)

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  // Without the event itself in it: the record beside it has that.
  ocsf_jsonl: {
    async load() {
      const { toOcsf } = await import('@asana-audit/schema/dialects/ocsf')
      return (event, options) => toOcsf(event, { ...options, rawData: false })
    },
    identityOf: (view) => ({
      gid: at(view, 'metadata', 'uid'),
      created_at: at(view, 'metadata', 'original_time'),
    }),
  },
  ecs: {
    load: async () => (await import('@asana-audit/schema/dialects/ecs')).toEcs,
    identityOf: (view) => ({
      gid: at(view, 'asana', 'audit', 'gid'),
      created_at: at(view, 'asana', 'audit', 'created_at'),
    }),
  },
  cim: {
    load: async () => (await import('@asana-audit/schema/dialects/cim')).toCim,
    identityOf: (view) => ({
      gid: at(view, 'asana.audit.gid'),
      created_at: at(view, 'asana.audit.created_at'),
    }),
  },
}
