/** What a field holds. */
export type FieldKind =
  | 'keyword'
  | 'text'
  | 'date'
  | 'milliseconds'
  | 'ip'
  | 'place'
  | 'long'
  | 'double'
  | 'boolean'
  | 'object'

/** The fields of a dialect, by their paths. */
export type FieldKinds = { readonly [path: string]: FieldKind }

export type FieldMapping = { readonly [parameter: string]: unknown }

/** How an index maps a field. Each is known to OpenSearch from 2.12 and to Elasticsearch from 7.14 on, and refuses no document of ours. */
export const fieldMappings: { readonly [Kind in FieldKind]: FieldMapping } = {
  // A longer value stays in the document, but is not searched. Without a limit, one over 32,766 bytes would refuse the document.
  keyword: { type: 'keyword', ignore_above: 1024 },
  // Takes a text of any length.
  text: { type: 'match_only_text' },
  date: { type: 'date' },
  milliseconds: { type: 'date', format: 'epoch_millis' },
  // OCSF allows an address with a zone, such as fe80::1%eth0, which the stores do not take.
  ip: { type: 'ip', ignore_malformed: true },
  place: { type: 'geo_point', ignore_malformed: true },
  long: { type: 'long' },
  double: { type: 'double' },
  boolean: { type: 'boolean' },
  // Of any content: kept, and not searched. `flat_object` refuses a document with a text over 32,766 bytes in it.
  object: { type: 'object', enabled: false },
}

/** Fields of one kind below a path. */
export function fieldsBelow(path: string, names: readonly string[], kind: FieldKind = 'keyword'): FieldKinds {
  return Object.fromEntries(names.map((name) => [`${path}.${name}`, kind]))
}
