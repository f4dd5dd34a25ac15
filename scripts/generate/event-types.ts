import { writeFileSync } from 'node:fs'
import { activityCaption, classNames } from '../../packages/schema/src/dialects/ocsf/captions.ts'
import { eventType, eventTypes } from '../../packages/schema/src/index.ts'
import { type EventMapping, familyTypes, mappingOf } from '../../packages/schema/src/mapping.ts'
import { table } from './parts/markdown.ts'

// Writes docs/event-types.md from the tables of packages/schema: `pnpm generate:event-types`. A test compares the two.

export const pageUrl: URL = new URL('../../docs/event-types.md', import.meta.url)

const categories = [
  { letter: 'L', category: 'logins', title: 'Logins' },
  { letter: 'U', category: 'user_updates', title: 'Users' },
  { letter: 'R', category: 'roles', title: 'Roles' },
  { letter: 'A', category: 'apps', title: 'Apps' },
  { letter: 'X', category: 'access_control', title: 'Access' },
  { letter: 'S', category: 'admin_settings', title: 'Settings' },
  { letter: 'E', category: 'content_export', title: 'Export' },
  { letter: 'C', category: 'creation', title: 'Creation' },
  { letter: 'D', category: 'deletion', title: 'Deletion' },
]

const introduction = `# Event types

The ${eventTypes.size} event types we know, in ${Object.keys(familyTypes).length} families, and their names elsewhere. \`pnpm generate:event-types\` makes this page from the
tables in [packages/schema/src/mapping](../packages/schema/src/mapping): edit those, not this page. In code, \`mappingOf\` of
\`@asana-audit/schema/mapping\` gives the same.

- **Relevance** is our judgement. A record has it as \`asana.audit.relevance\`, and as its severity number: informational 9, low 10,
  medium 13, high 14, critical 16. "high if …" depends on \`old_value\` and \`new_value\` of \`details\`. Actions of Asana's support are one
  level higher, up to high. \`relevance:\` in YAML and \`relevancePolicy\` in code replace our judgement with yours, by event type, family
  or category.
- **OCSF** is the class, the activity and its name. The column 1.9 has what that version, which is not released yet, will change.
- **ECS** is \`event.category\`, if one fits, and \`event.type\`; \`event.outcome\` is success unless the cell says otherwise.
- **CIM** is the tags and the action in Splunk's Common Information Model 6.2, **UDM** the event type of Google SecOps,
  **ASIM** the schema and the event type of Microsoft Sentinel. An event that lacks something its type requires has another: the pages of the dialects say which.
- **\`details\`** is in none of these columns, and differs by event type. How to configure your store so that it refuses no event:
  [\`details\` in your store](../packages/schema/docs/details.md).

A new type is mapped by its category and by the end of its name: the last row of each table.
`

/** The whole page. */
export function eventTypesPage(): string {
  const classes = Object.entries(classNames)
  const sections = categories.map(({ letter, category, title }) => {
    const known = Object.entries(familyTypes).filter(([family]) => family.startsWith(letter))
    const rows = known.flatMap(([family, names]) => names.map((name) => row(family, name)))
    return `## ${title}\n\n${typeTable([...rows, newType(category)])}`
  })
  const other = `## Anything else\n\n${typeTable([newType('other')])}`
  const legend = `The classes of OCSF:\n\n${table(['class', 'name'], classes)}`
  return [introduction, legend, ...sections, other].join('\n')
}

function typeTable(rows: string[][]): string {
  return table(
    ['family', 'event type', 'meaning', 'relevance', 'OCSF 1.8', '1.9', 'ECS 9.4', 'CIM 6.2', 'UDM', 'ASIM'],
    rows,
  )
}

function row(family: string, name: string): string[] {
  return [family, `\`${name}\``, eventType(name)?.description ?? '', ...dialects(mappingOf(name))]
}

function newType(category: string): string[] {
  const name = category === 'other' ? 'of a new category' : `new in \`${category}\``
  const mapping = mappingOf('', category)
  return ['', name, mapping.meaning, ...dialects(mapping)]
}

function dialects(mapping: EventMapping): string[] {
  return [
    relevance(mapping),
    ocsf(mapping),
    ocsfNext(mapping),
    ecs(mapping),
    cim(mapping),
    mapping.udm.type,
    asim(mapping),
  ]
}

const raised = { informational: 'low', low: 'medium', medium: 'high', high: 'high', critical: 'critical' }

function relevance({ relevance: level, weaker = 'unknown' }: EventMapping): string {
  if (['always', 'never', 'unknown'].includes(weaker) || raised[level] === level) return level
  const when = { admin: 'gained', longer: 'longer' }[weaker as string] ?? weaker.replace(/^to /, 'now ')
  return `${level}, ${raised[level]} if ${when}`
}

function ocsf({ ocsf: to }: EventMapping): string {
  const { classUid, activityId, activityName, adminRole, asWebResource: web } = to
  const here = activity(classUid, activityId, activityName)
  if (adminRole) {
    return `${activity(classUid, adminRole.gained)} if gained, ${activity(classUid, adminRole.lost)} if lost, else ${here}`
  }
  return web ? `${here}; without address or name ${activity(6001, web.activityId, web.activityName)}` : here
}

function ocsfNext({ ocsf: { next, nextAdminRole: role } }: EventMapping): string {
  if (!next) return ''
  const here = `${next.classUid}/${next.activityId}`
  return role ? `${next.classUid}/${role.gained}, ${next.classUid}/${role.lost}, ${here}` : here
}

function activity(classUid: number, activityId: number, ownName = 'Other'): string {
  return `${classUid}/${activityId} ${activityCaption(classUid, activityId) ?? ownName}`
}

function ecs({ ecs: { category, type, outcome } }: EventMapping): string {
  const kind = [category, type].filter((list) => list.length > 0).map((list) => list.join(', '))
  return outcome === 'success' ? kind.join(': ') : `${kind.join(': ')}; ${outcome}`
}

function asim({ asim: { schema, type } }: EventMapping): string {
  return `${schema} ${type}`
}

function cim({ cim: model }: EventMapping): string {
  return model ? `${model.tags.join(', ')}: ${model.action}` : 'none'
}

if (import.meta.main) writeFileSync(pageUrl, eventTypesPage())
