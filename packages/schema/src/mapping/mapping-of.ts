import { isEventCategory, type KnownEventType } from '../event/event-types.ts'
import { type AsimRow, asimEvents } from './asim-events.ts'
import { forName } from './by-name.ts'
import { type CimDataset, type CimRow, cimModels, cimRows, cimTags } from './cim-models.ts'
import { ecsCategories } from './ecs-categories.ts'
import { families, type Relevance, type RowId, type Target, type Weaker } from './families.ts'
import { familyTypes } from './family-types.ts'
import { type OcsfActivity, type OcsfRow, ocsfClasses } from './ocsf-classes.ts'
import { type UdmRow, udmTypes } from './udm-types.ts'

/** The table values for one event type. */
export interface EventMapping {
  /** `L1` to `D8`; for a type that is not in the catalogue, its category or `other`. */
  readonly family: RowId
  readonly meaning: string
  /** The default of the event type; `relevanceOf` also reads the event. */
  readonly relevance: Relevance
  readonly weaker: Weaker | undefined
  readonly target: Target
  readonly ocsf: OcsfMapping
  readonly ecs: EcsMapping
  /** Undefined for an event type that fits no model. */
  readonly cim: CimMapping | undefined
  readonly udm: UdmMapping
  readonly asim: AsimMapping
}

export interface OcsfMapping
  extends Pick<OcsfRow, 'classUid' | 'entity' | 'adminRole' | 'asWebResource' | 'nextAdminRole'> {
  readonly activityId: number
  /** Only for activity 99. */
  readonly activityName?: string
  readonly statusId: 0 | 1 | 2
  readonly privilege?: string
  /** Class and activity in OCSF 1.9, where they differ. */
  readonly next?: OcsfActivity
}

export interface EcsMapping {
  readonly category: readonly string[]
  readonly type: readonly string[]
  readonly outcome: 'success' | 'failure' | 'unknown'
}

export interface CimMapping {
  readonly model: string
  readonly dataset: CimDataset
  readonly tags: readonly string[]
  readonly action: string
  readonly changeType?: NonNullable<CimRow['changeType']>
  readonly objectCategory?: string
}

export interface UdmMapping extends Omit<UdmRow, 'type'> {
  readonly type: string
}

export interface AsimMapping extends Omit<AsimRow, 'type'> {
  readonly type: string
}

const known: ReadonlyMap<string, EventMapping> = new Map(
  Object.entries(familyTypes).flatMap(([row, names]: [string, readonly KnownEventType[]]) =>
    names.map((name): [string, EventMapping] => [name, mapping(row as RowId, name)]),
  ),
)

/**
 * The table values for an event type. Never fails: a type that is not in the catalogue is classified by its category
 * and the ending of its name.
 */
export function mappingOf(eventType: string, category?: unknown): EventMapping {
  return known.get(eventType) ?? mapping(fallback(category), eventType)
}

function fallback(category: unknown): RowId {
  return typeof category === 'string' && isEventCategory(category) ? category : 'other'
}

function mapping(family: RowId, name: string): EventMapping {
  const { meaning, relevance, target, weaker } = families[family]
  return {
    family,
    meaning,
    relevance,
    weaker: weaker && forName(weaker, name),
    target,
    ocsf: ocsf(ocsfClasses[family], name),
    ecs: {
      category: ecsCategories[family].category,
      type: forName(ecsCategories[family].type, name),
      outcome: ecsCategories[family].outcome ?? 'success',
    },
    cim: cim(cimRows[family], name),
    udm: { ...udmTypes[family], type: forName(udmTypes[family].type, name) },
    asim: { ...asimEvents[family], type: forName(asimEvents[family].type, name) },
  }
}

function ocsf(row: OcsfRow, name: string): OcsfMapping {
  const { activityName, privilege, next, ...same } = row
  const activityId = forName(row.activityId, name)
  return {
    ...same,
    activityId,
    ...(activityName && activityId === 99 && { activityName: forName(activityName, name) }),
    statusId: row.statusId ?? 1,
    ...(privilege && { privilege: forName(privilege, name) }),
    ...(next && { next: { classUid: next.classUid, activityId: forName(next.activityId, name) } }),
  }
}

function cim(row: CimRow | null, name: string): CimMapping | undefined {
  if (!row) return undefined
  const { dataset, action, objectCategory, ...same } = row
  return {
    ...same,
    model: cimModels[dataset],
    dataset,
    tags: cimTags[dataset],
    action: forName(action, name),
    ...(objectCategory && { objectCategory: forName(objectCategory, name) }),
  }
}
