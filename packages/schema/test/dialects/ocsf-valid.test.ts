import { describe, expect, test } from 'vitest'
import { type OcsfOptions, toOcsf } from '../../src/dialects/ocsf.ts'
import type { AuditLogEvent } from '../../src/index.ts'
import samples from '../fixtures/sample-events.json' with { type: 'json' }
import { arbitraryEvent } from '../support/arbitrary-event.ts'
import { holds } from '../support/holds.ts'
import { changes, documentedEvents } from './ocsf-events.ts'
import { ocsfProblems } from './problems/ocsf-problems.ts'

const whole: OcsfOptions = { observables: true, hostProfile: true, workspace: '12', rawData: false }
const options: OcsfOptions[] = [{}, whole, { version: '1.3.0' }, { ...whole, version: '1.3.0' }]

function problemsOf(event: AuditLogEvent, option: OcsfOptions = {}): string[] {
  return ocsfProblems(toOcsf(event, option), option.version)
}

const unknownTypes: Partial<AuditLogEvent>[] = [
  'logins',
  'user_updates',
  'roles',
  'apps',
  'access_control',
  'admin_settings',
  'content_export',
  'creation',
  'deletion',
  'a_new_category',
  null,
].flatMap((event_category) =>
  ['something_new', 'something_enabled', 'something_undeleted', '_'].map((event_type) => ({
    event_type,
    event_category,
  })),
)

describe('every event is valid', () => {
  test.each(options)('with the options %j', (option) => {
    for (const event of documentedEvents) expect(problemsOf(event, option)).toEqual([])
  })

  test.each(Object.entries(changes))('%s', (_, change) => {
    for (const event of documentedEvents) {
      for (const option of options) {
        expect(problemsOf({ ...event, ...change }, option)).toEqual([])
      }
    }
  })

  test('of an unknown type', () => {
    for (const event of samples.slice(0, 10)) {
      for (const change of [{}, ...Object.values(changes)]) {
        for (const unknown of unknownTypes) {
          for (const option of options)
            expect(problemsOf({ ...event, ...change, ...unknown }, option)).toEqual([])
        }
      }
    }
  })

  test('with any content', () => {
    for (const option of options) {
      holds(arbitraryEvent, (event) => problemsOf(event, option).length === 0, 150)
    }
  })
})
