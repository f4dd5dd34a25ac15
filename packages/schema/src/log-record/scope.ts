/** The instrumentation scope of the records: this package, and the semantic conventions of its attribute names. */
export const auditScope: {
  readonly name: '@asana-audit/schema'
  readonly version: string
  readonly schemaUrl: string
} = {
  name: '@asana-audit/schema',
  version: '0.0.0',
  schemaUrl: 'https://opentelemetry.io/schemas/1.45.0',
}
