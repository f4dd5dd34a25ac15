import type { AttributeValue } from '@asana-audit/schema'

/** What OTLP says once for all records of a request or line: which service they are about, and who made them. */
export interface Origin {
  /** Resource attributes, such as `service.name`. */
  readonly resource: Readonly<Record<string, AttributeValue>>
  readonly scope: Scope
}

export interface Scope {
  readonly name: string
  readonly version?: string
  /** The semantic conventions the attribute names follow. */
  readonly schemaUrl?: string
}
