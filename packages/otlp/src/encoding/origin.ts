import type { AttributeValue } from '@asana-audit/schema'

/**
 * The part OTLP writes once for all records of a request or line: which service they are about, and who made them.
 */
export interface Origin {
  /** Resource attributes: `auditResourceAttributes(…)` of `@asana-audit/schema`. */
  readonly resource: Readonly<Record<string, AttributeValue>>
  /** `{ name, version?, schemaUrl? }`: `auditScope` of `@asana-audit/schema`. */
  readonly scope: Scope
}

export interface Scope {
  readonly name: string
  readonly version?: string
  /** The semantic conventions the attribute names follow. */
  readonly schemaUrl?: string
}

/** Throws a TypeError if one is missing, as can happen in plain JavaScript. */
export function checkOrigin({ resource, scope }: Partial<Origin>, of: string): void {
  const missing = (name: string, good: string): TypeError =>
    new TypeError(`The option ${name} of ${of} is missing. ${good} of @asana-audit/schema provides it.`)
  if (typeof resource !== 'object') throw missing('resource', 'auditResourceAttributes({ workspace })')
  if (typeof scope?.name !== 'string') throw missing('scope', 'auditScope')
}
