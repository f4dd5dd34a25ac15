import { eventTypes } from '@asana-audit/schema'
import { mappingOf } from '@asana-audit/schema/mapping'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { holds } from '../../schema/test/support/holds.ts'
import { eventTypeLookup } from '../src/event-type-lookup.ts'
import { parseCsv } from './splunk/csv-reader.ts'
import { wildcard } from './splunk/wildcard.ts'

const rows = parseCsv(eventTypeLookup())

function found(category: string, eventType: string): Record<string, string> | undefined {
  return rows.find((row) => wildcard(row['asana_event_key'] as string).test(`${category}/${eventType}`))
}

function expected(category: string, eventType: string): Record<string, unknown> {
  const { family, meaning, relevance, cim, ocsf, ecs, udm } = mappingOf(eventType, category)
  return {
    known: eventTypes.has(eventType) ? 'yes' : 'no',
    family,
    meaning,
    relevance,
    signature: eventTypes.get(eventType)?.description ?? meaning,
    cim_dataset: cim?.dataset ?? '',
    action: cim?.action ?? '',
    change_type: cim?.changeType ?? '',
    object_category: cim?.objectCategory ?? '',
    ocsf_class_uid: String(ocsf.classUid),
    ocsf_activity_id: String(ocsf.activityId),
    ecs_category: ecs.category.join(' '),
    ecs_type: ecs.type.join(' '),
    udm_event_type: udm.type,
  }
}

test('every known event type has the row that the table of the schema gives, whatever its category', () => {
  for (const [name, { category }] of eventTypes) {
    for (const one of [category, '', 'something new']) {
      expect(found(one, name)).toMatchObject(expected(category, name))
    }
  }
})

test('every event type that is not known yet has the row of its category and ending', () => {
  const categories = [
    ...new Set([...eventTypes.values()].map(({ category }) => category)),
    '',
    'new_category',
  ]
  const verbs = [
    'permanently_deleted',
    'deleted',
    'undeleted',
    'created',
    'added',
    'removed',
    'enabled',
    'disabled',
  ]
  const verb = fc.constantFrom(...verbs, 'changed', 'started', 'authorized', 'revoked', 'paused', 'signed')
  const name = fc.oneof(
    fc.stringMatching(/^[a-z0-9_]{1,20}$/),
    fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), verb).map((parts) => parts.join('_')),
  )
  const newType = name.filter((one) => !eventTypes.has(one))
  holds(
    fc.tuple(fc.constantFrom(...categories), newType),
    ([category, eventType]) => {
      expect(found(category, eventType)).toMatchObject(expected(category, eventType))
      return true
    },
    1_000,
  )
})
