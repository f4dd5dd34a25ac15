import { ATTR_ASANA_AUDIT_REPAIR, ATTR_ASANA_AUDIT_REPLAY } from '@asana-audit/schema/semconv'
import { type Dialect, type Mark, markKey } from './dialect.ts'

type Put = (object: { readonly [name: string]: unknown }, mark: Mark) => object

const attributes: Readonly<Record<Mark, string>> = {
  replay: ATTR_ASANA_AUDIT_REPLAY,
  repair: ATTR_ASANA_AUDIT_REPAIR,
}

const among = (fields: unknown, mark: Mark): object => ({ ...Object(fields), [attributes[mark]]: true })

const ours: Put = (object, mark) => ({ ...object, [markKey(mark)]: true })

const puts: { readonly [Name in Exclude<Dialect, 'otlp'>]: Put } = {
  event: ours,
  panther: ours,
  ocsf: ({ metadata, ...object }, mark) => ({
    ...object,
    metadata: { ...Object(metadata), labels: [attributes[mark]] },
  }),
  ecs: ({ asana, ...object }, mark) => {
    const { audit } = Object(asana) as { audit?: object }
    return { ...object, asana: { audit: { ...audit, [mark]: true } } }
  },
  cim: (object, mark) => ({ ...object, [attributes[mark]]: 'true' }),
  udm: ({ additional, ...object }, mark) => ({ ...object, additional: among(additional, mark) }),
  asim: ({ AdditionalFields, ...object }, mark) => ({
    ...object,
    AdditionalFields: among(AdditionalFields, mark),
  }),
}

/** Marks an object of a dialect as one that is sent again. The README of the schema has the names. */
export function marked(dialect: Exclude<Dialect, 'otlp'>, mark: Mark, object: object): object {
  return puts[dialect]({ ...object }, mark)
}
