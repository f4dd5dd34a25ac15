import { expect, test } from 'vitest'
import { asimCollectionRule, toAsim } from '../src/dialects/asim.ts'
import { toCim } from '../src/dialects/cim.ts'
import { toEcs } from '../src/dialects/ecs.ts'
import { toOcsf } from '../src/dialects/ocsf.ts'
import { pantherSchema, toPanther } from '../src/dialects/panther.ts'
import { toUdm } from '../src/dialects/udm.ts'
import { auditResourceAttributes, toLogRecord } from '../src/index.ts'

// Plain JavaScript may call it like this.
const event = {
  gid: '1',
  created_at: '2026-01-02T03:04:05.678Z',
  event_type: 'user_login_succeeded',
  event_category: 'logins',
  actor: { actor_type: 'user', gid: '2' },
} as never
const made: Readonly<Record<string, (given: never) => unknown>> = {
  toLogRecord: (given) => toLogRecord(event, given),
  toOcsf: (given) => toOcsf(event, given),
  toEcs: (given) => toEcs(event, given),
  toCim: (given) => toCim(event, given),
  toPanther: (given) => toPanther(event, given),
  toUdm: (given) => toUdm(event, given),
  toAsim: (given) => toAsim(event, given),
  asimCollectionRule,
  pantherSchema,
  auditResourceAttributes,
}

test.each([
  ['toLogRecord', { fieldPolcy: {} }, 'fieldPolcy', 'fieldPolicy'],
  ['toOcsf', { rawdata: false }, 'rawdata', 'rawData'],
  ['toEcs', { work_space: '42' }, 'work_space', 'workspace'],
  ['toCim', { relevence: {} }, 'relevence', 'relevance'],
  ['toPanther', { logtype: 'Custom.Asana' }, 'logtype', 'logType'],
  ['toUdm', { observedTimeStamp: [1, 0] }, 'observedTimeStamp', 'observedTimestamp'],
  ['toAsim', { workspase: '42' }, 'workspase', 'workspace'],
  ['asimCollectionRule', { tables: 'A_CL' }, 'tables', 'table'],
  ['pantherSchema', { nmae: 'Custom.Asana' }, 'nmae', 'name'],
  ['auditResourceAttributes', { workspace: '42', servicename: 'a' }, 'servicename', 'serviceName'],
])('%s refuses an option that does not exist, with the nearest: %j', (of, given, name, nearest) => {
  expect(() => made[of]?.(given as never)).toThrow(TypeError)
  expect(() => made[of]?.(given as never)).toThrow(
    `${of} has no option "${name}". The nearest is ${nearest}.`,
  )
})
