import { describe, expect, test } from 'vitest'
import { toAsim } from '../../packages/schema/src/dialects/asim.ts'
import { toCim } from '../../packages/schema/src/dialects/cim.ts'
import { toEcs } from '../../packages/schema/src/dialects/ecs.ts'
import { toOcsf } from '../../packages/schema/src/dialects/ocsf.ts'
import { toPanther } from '../../packages/schema/src/dialects/panther.ts'
import { toUdm } from '../../packages/schema/src/dialects/udm.ts'
import {
  type AuditLogEvent,
  applyFieldPolicy,
  defaultFieldPolicy,
  type Indicators,
  indicators,
  toLogRecord,
} from '../../packages/schema/src/index.ts'
import { corpus } from '../support/stores/corpus.ts'

const { simulated } = corpus(Date.parse('2026-11-09T00:00:00Z'))
const events = simulated.map((event) => applyFieldPolicy(event, defaultFieldPolicy))

type Texts = readonly string[]

/** Where each form of an event has what people search by, as its page says. */
const forms: {
  readonly [form: string]: (event: AuditLogEvent) => { readonly [Kind in keyof Indicators]: Texts }
} = {
  'log record': (event) => {
    const { attributes } = toLogRecord(event)
    const list = (kind: string) => (attributes[`asana.audit.indicators.${kind}`] ?? []) as Texts
    return { email: list('email'), ip: list('ip'), username: list('username') }
  },
  ECS: (event) => {
    const { related } = toEcs(event, {}) as { related?: { user?: Texts; ip?: Texts } }
    const { user = [], ip = [] } = related ?? {}
    return { email: user, ip, username: user }
  },
  OCSF: (event) => {
    const { observables = [] } = toOcsf(event, { observables: true }) as { observables?: { value: string }[] }
    const values = observables.map(({ value }) => value)
    return { email: values, ip: values, username: values }
  },
  CIM: (event) => {
    const fields = Object.values(toCim(event)).flat().map(String)
    return { email: fields, ip: fields, username: fields }
  },
  UDM: (event) => {
    const { principal, target } = toUdm(event)
    const texts = textsIn([principal, target])
    return { email: texts, ip: texts, username: texts }
  },
  ASIM: (event) => {
    const texts = textsIn(toAsim(event))
    return { email: texts, ip: texts, username: texts }
  },
  Panther: (event) => {
    const seen = toPanther(event) as Record<string, unknown>
    const list = (name: string) => (seen[name] ?? []) as Texts
    return { email: list('p_any_emails'), ip: list('p_any_ip_addresses'), username: list('p_any_usernames') }
  },
}

/** Every text that is the whole of a value. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

describe.each(Object.entries(forms))('%s', (_, form) => {
  test('has every e-mail address, IP address and name that people search by', () => {
    const missing = events.flatMap((event) => {
      const has = form(event)
      return Object.entries(indicators(event)).flatMap(([kind, values]) =>
        values
          .filter((value) => !has[kind as keyof Indicators].includes(value))
          .map((value) => `${event.event_type}: ${kind} ${value}`),
      )
    })
    expect([...new Set(missing)].slice(0, 20)).toEqual([])
  })
})
