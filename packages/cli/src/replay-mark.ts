import { ATTR_ASANA_AUDIT_REPLAY } from '@asana-audit/schema/semconv'
import { type Dialect, replayKey } from './dialect.ts'

type Mark = (object: { readonly [name: string]: unknown }) => object

const ours: Mark = (object) => ({ ...object, [replayKey]: true })

const withMark = (fields: unknown): object => ({ ...Object(fields), [ATTR_ASANA_AUDIT_REPLAY]: true })

const marks: { readonly [Name in Exclude<Dialect, 'otlp'>]: Mark } = {
  event: ours,
  panther: ours,
  ocsf: ({ metadata, ...object }) => ({
    ...object,
    metadata: { ...Object(metadata), labels: [ATTR_ASANA_AUDIT_REPLAY] },
  }),
  ecs: ({ asana, ...object }) => {
    const { audit } = Object(asana) as { audit?: object }
    return { ...object, asana: { audit: { ...audit, replay: true } } }
  },
  cim: (object) => ({ ...object, [ATTR_ASANA_AUDIT_REPLAY]: 'true' }),
  udm: ({ additional, ...object }) => ({ ...object, additional: withMark(additional) }),
  asim: ({ AdditionalFields, ...object }) => ({ ...object, AdditionalFields: withMark(AdditionalFields) }),
}

/** Marks an object of a dialect as one that is sent again, from an archive. The README of the schema has the names. */
export function marked(dialect: Exclude<Dialect, 'otlp'>, object: object): object {
  return marks[dialect]({ ...object })
}
