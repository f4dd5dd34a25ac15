import { eventTypes } from '@asana-audit/schema'
import { type EventMapping, mappingOf } from '@asana-audit/schema/mapping'

/** The key column of the lookup: category and event type, as `EVAL-asana_event_key` makes it. */
const keyColumn = 'asana_event_key'

const columns = [
  keyColumn,
  'event_type',
  'event_category',
  'known',
  'family',
  'meaning',
  'signature',
  'relevance',
  'cim_dataset',
  'action',
  'change_type',
  'object_category',
  'status',
  'ocsf_class_uid',
  'ocsf_activity_id',
  'ecs_category',
  'ecs_type',
  'udm_event_type',
] as const

type Row = Readonly<Record<(typeof columns)[number], string>>

const categories = [...new Set([...eventTypes.values()].map(({ category }) => category))].sort()

/**
 * The endings of event type names, longest first, and last the empty one, which fits any name. An unknown event type
 * is classified by these and its category.
 */
const endings = [
  '_permanently_deleted',
  '_authorized',
  '_undeleted',
  '_disabled',
  '_changed',
  '_created',
  '_deleted',
  '_enabled',
  '_removed',
  '_revoked',
  '_started',
  '_added',
  '',
]

/**
 * The meaning of every event type, from the table in `@asana-audit/schema`. Splunk uses the first row whose key fits:
 * first the known event types in any category, then new ones by category and by the ending of the name.
 */
export function eventTypeLookup(): string {
  return csv(columns, [...known(), ...fallbacks()])
}

function known(): Row[] {
  return [...eventTypes.values()].map(({ name, category, description }) => ({
    asana_event_key: `*/${name}`,
    event_type: name,
    event_category: category,
    known: 'yes',
    signature: description,
    ...cells(mappingOf(name)),
  }))
}

function fallbacks(): Row[] {
  const rows: Row[] = []
  for (const category of [...categories, '*']) {
    const ofCategory = endings.map((ending) => ({
      asana_event_key: `${category}/*${ending}`,
      event_type: '',
      event_category: category === '*' ? '' : category,
      known: 'no',
      signature: mappingOf('new', category).meaning,
      ...cells(mappingOf(`new${ending}`, category)),
    }))
    const differs = (one: Row, other: Row) => columns.slice(1).some((column) => one[column] !== other[column])
    // A row equal to the next row that fits can be left out.
    const next = (at: number) =>
      ofCategory.find((_, later) => later > at && endings[at]?.endsWith(endings[later] as string))
    rows.push(...ofCategory.filter((row, at) => differs(row, next(at) ?? { ...row, known: '' })))
  }
  return rows
}

function cells({ family, meaning, relevance, cim, ocsf, ecs, udm }: EventMapping) {
  return {
    family,
    meaning,
    relevance,
    cim_dataset: cim?.dataset ?? '',
    action: cim?.action ?? '',
    change_type: cim?.changeType ?? '',
    object_category: cim?.objectCategory ?? '',
    // The log reports changes that were made.
    status: cim?.model === 'Change' ? 'success' : '',
    ocsf_class_uid: String(ocsf.classUid),
    ocsf_activity_id: String(ocsf.activityId),
    ecs_category: ecs.category.join(' '),
    ecs_type: ecs.type.join(' '),
    udm_event_type: udm.type,
  }
}

/** Rows as a CSV lookup of Splunk's, with their columns in the first line. */
function csv<Column extends string>(
  columns: readonly Column[],
  rows: readonly Readonly<Record<Column, string>>[],
): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))]
  return lines.map((cells) => `${cells.map(cell).join(',')}\n`).join('')
}

function cell(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
