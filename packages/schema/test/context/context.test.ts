import { expect, test } from 'vitest'
import { contextAttributes, type EventContext, withContext } from '../../src/context.ts'
import { toAsim } from '../../src/dialects/asim.ts'
import { toCim } from '../../src/dialects/cim.ts'
import { toEcs } from '../../src/dialects/ecs.ts'
import { type OcsfOptions, toOcsf } from '../../src/dialects/ocsf.ts'
import { pantherSchema, toPanther } from '../../src/dialects/panther.ts'
import { toUdm } from '../../src/dialects/udm.ts'
import { type AuditLogEvent, fieldPolicy, fromLogRecord, keepAll, toLogRecord } from '../../src/index.ts'
import { changes, documentedEvents } from '../dialects/ocsf-events.ts'
import { asimProblems } from '../dialects/problems/asim-problems.ts'
import { ecsProblems } from '../dialects/problems/ecs-problems.ts'
import { ocsfProblems } from '../dialects/problems/ocsf-problems.ts'
import { udmProblems } from '../dialects/problems/udm-problems.ts'
import samples from '../fixtures/sample-events.json' with { type: 'json' }
import { fullContext, partialContexts } from '../support/full-context.ts'
import { viewEvents } from '../support/view-events.ts'

const event = samples[0] as AuditLogEvent
const context = (): EventContext => fullContext

const attributes = {
  'user_agent.name': 'Chrome',
  'user_agent.version': '141.0.0.0',
  'user_agent.os.name': 'macOS',
  'user_agent.os.version': '10.15.7',
  'geo.continent.code': 'EU',
  'geo.country.iso_code': 'DE',
  'geo.region.iso_code': 'DE-BE',
  'geo.locality.name': 'Berlin',
  'geo.postal_code': '10115',
  'geo.location.lat': 52.5,
  'geo.location.lon': 13.4,
  'as.number': 64_496,
  'as.organization.name': 'Example Net',
  'asana.audit.provenance.source': 'audit_log',
  'asana.audit.provenance.workspace': '1234567890123456',
  'asana.audit.provenance.pipeline': 'acme-otlp',
  'asana.audit.provenance.version': '0.1.0',
  'asana.audit.provenance.run': '6ba7b810-9dad-41d1-80b4-00c04fd430c8',
  'asana.audit.provenance.received_at': '2026-01-02T03:04:10.250Z',
  'asana.audit.provenance.delivery': 'first',
}

const nested = {
  user_agent: { name: 'Chrome', version: '141.0.0.0', os: { name: 'macOS', version: '10.15.7' } },
  geo: {
    continent: { code: 'EU' },
    country: { iso_code: 'DE' },
    region: { iso_code: 'DE-BE' },
    locality: { name: 'Berlin' },
    postal_code: '10115',
    location: { lat: 52.5, lon: 13.4 },
  },
  as: { number: 64_496, organization: { name: 'Example Net' } },
  asana: {
    audit: {
      provenance: {
        source: 'audit_log',
        workspace: '1234567890123456',
        pipeline: 'acme-otlp',
        version: '0.1.0',
        run: '6ba7b810-9dad-41d1-80b4-00c04fd430c8',
        received_at: '2026-01-02T03:04:10.250Z',
        delivery: 'first',
      },
    },
  },
}

test('a log record has the context under the names of the semantic conventions, and gives the same event back', () => {
  const observedTimestamp: [number, number] = [1, 0]
  const plain = toLogRecord(event, { observedTimestamp })
  const record = toLogRecord(event, { observedTimestamp, context })
  expect(record).toEqual({ ...plain, attributes: { ...plain.attributes, ...attributes } })
  expect(Object.keys(record.attributes).length).toBeLessThanOrEqual(100)
  expect(fromLogRecord(toLogRecord(event, { fieldPolicy: keepAll, context }))).toEqual(event)
})

test('a record was observed when its page came, if nothing else is said', () => {
  const { receivedAt } = fullContext.provenance!
  expect(toLogRecord(event, { context }).observedTimestamp).toEqual(receivedAt)
  expect(toLogRecord(event, { context, observedTimestamp: [1, 0] }).observedTimestamp).toEqual([1, 0])
  expect(toEcs(event, { context }).event.created).toBe('2026-01-02T03:04:10.250Z')
  expect(toEcs(event, { context, observedTimestamp: [1, 0] }).event.created).toBe('1970-01-01T00:00:01.000Z')
  expect(toUdm(event, { context }).metadata.collected_timestamp).toBe('2026-01-02T03:04:10.250Z')
  const told = toUdm(event, { context, observedTimestamp: [1, 0] })
  expect(told.metadata.collected_timestamp).toBe('1970-01-01T00:00:01.000Z')
})

test('the context is found for the event after the field policy', () => {
  const seen: unknown[] = []
  const policy = fieldPolicy({ fields: { 'context.client_ip_address': 'drop' } })
  toLogRecord(event, {
    fieldPolicy: policy,
    context: ({ context: kept }) => {
      seen.push(kept?.client_ip_address, kept?.user_agent)
      return undefined
    },
  })
  expect(seen).toEqual([undefined, event.context?.user_agent])
})

test('what is not known is left out', () => {
  expect(partialContexts.map(contextAttributes)).toEqual([
    {},
    {},
    { 'user_agent.os.name': 'iOS' },
    { 'geo.continent.code': 'EU' },
    { 'geo.location.lat': 0, 'geo.location.lon': 0 },
    { 'geo.continent.code': 'XX', 'geo.country.iso_code': 'DE', 'as.organization.name': 'Example Net' },
    { 'as.number': 0 },
    {},
    {
      'asana.audit.provenance.source': 'quarantine',
      'asana.audit.provenance.run': '6ba7b810-9dad-41d1-80b4-00c04fd430c8',
    },
    {
      'user_agent.name': 'curl',
      'asana.audit.provenance.source': 'archive',
      'asana.audit.provenance.received_at': '1970-01-01T00:00:00.000Z',
      'asana.audit.provenance.delivery': 'replay',
    },
  ])
})

test('an ECS document has it in source, user_agent and agent, and its provenance among our fields', () => {
  const { source, user_agent: agent, asana, ...rest } = toEcs(event)
  const whole = toEcs(event, { context })
  expect(whole).toEqual({
    ...rest,
    event: { ...rest.event, created: '2026-01-02T03:04:10.250Z' },
    agent: { type: 'asana-audit', version: '0.1.0', ephemeral_id: fullContext.provenance?.run },
    asana: { audit: { ...asana.audit, ...nested.asana.audit } },
    source: {
      ...source,
      geo: {
        continent_code: 'EU',
        country_iso_code: 'DE',
        region_iso_code: 'DE-BE',
        city_name: 'Berlin',
        postal_code: '10115',
        location: { lat: 52.5, lon: 13.4 },
      },
      as: { number: 64_496, organization: { name: 'Example Net' } },
    },
    user_agent: { ...agent, ...nested.user_agent },
  })
})

const provenanceEnrichment = {
  name: 'metadata.uid',
  value: event.gid,
  type: 'provenance',
  data: { asana: nested.asana },
}

test('an OCSF event has it in its endpoint and its metadata, and in enrichments what has no attribute', () => {
  const { src_endpoint: endpoint, metadata, ...rest } = toOcsf(event)
  const receivedAt = Date.parse('2026-01-02T03:04:10.250Z')
  const { version, run: uid } = fullContext.provenance!
  expect(toOcsf(event, { context })).toEqual({
    ...rest,
    metadata: {
      ...metadata,
      logged_time: receivedAt,
      loggers: [{ name: 'asana-audit', version, uid, logged_time: receivedAt }],
    },
    src_endpoint: {
      ...(endpoint as object),
      location: {
        city: 'Berlin',
        continent: 'Europe',
        country: 'DE',
        lat: 52.5,
        long: 13.4,
        postal_code: '10115',
        region: 'DE-BE',
      },
      autonomous_system: { number: 64_496, name: 'Example Net' },
    },
    enrichments: [
      {
        name: 'http_request.user_agent',
        value: event.context?.user_agent,
        type: 'user_agent',
        data: { user_agent: nested.user_agent },
      },
      provenanceEnrichment,
    ],
  })
})

test('an OCSF event of a class without endpoint and request has all of it in enrichments', () => {
  const unknown = { ...event, event_type: 'something_new', event_category: 'a_new_category' }
  const { class_uid: classUid, enrichments } = toOcsf(unknown, { context })
  expect(classUid).toBe(0)
  expect(enrichments).toEqual([
    {
      name: 'unmapped.context.user_agent',
      value: event.context?.user_agent,
      type: 'user_agent',
      data: { user_agent: nested.user_agent },
    },
    {
      name: 'unmapped.context.client_ip_address',
      value: event.context?.client_ip_address,
      type: 'location',
      data: { geo: nested.geo, as: nested.as },
    },
    provenanceEnrichment,
  ])
})

test('in OCSF 1.3 the enrichment names where a file event has its user agent', () => {
  const older = documentedEvents
    .map((one) => toOcsf({ ...one, context: event.context ?? null }, { version: '1.3.0', context }))
    .find(({ class_uid: classUid }) => classUid === 6006)
  expect(older).toMatchObject({
    unmapped: { context: { user_agent: event.context?.user_agent } },
    enrichments: [{ name: 'unmapped.context.user_agent' }, { name: 'metadata.uid', type: 'provenance' }],
  })
})

test('a CIM event has it under the names of the attributes', () => {
  expect(toCim(event, { context })).toEqual({ ...toCim(event), ...attributes })
})

test('an event of UDM has it in its principal, and all of it where the whole event is', () => {
  const { additional, metadata, principal, ...rest } = toUdm(event)
  expect(toUdm(event, { context })).toEqual({
    ...rest,
    metadata: { ...metadata, collected_timestamp: '2026-01-02T03:04:10.250Z' },
    principal: {
      ...principal,
      ip_geo_artifact: [
        {
          ip: event.context?.client_ip_address,
          location: {
            city: 'Berlin',
            state: 'DE-BE',
            country_or_region: 'DE',
            region_coordinates: { latitude: 52.5, longitude: 13.4 },
          },
          network: { asn: '64496', organization_name: 'Example Net' },
        },
      ],
      platform: 'MAC',
      platform_version: '10.15.7',
    },
    additional: { ...additional, ...attributes },
  })
})

test('who acted is not only a machine of which nothing but a context is known', () => {
  const nobody = { ...event, actor: {}, context: { context_type: 'web' } }
  expect(toUdm(nobody, { context })).not.toHaveProperty('principal')
})

test('an operating system that UDM has no name for is only among the attributes', () => {
  const udm = toUdm(event, { context: () => ({ userAgent: { osName: 'Tizen', osVersion: '9' } }) })
  expect(udm.principal).toEqual(toUdm(event).principal)
  expect(udm.additional).toMatchObject({ 'user_agent.os.name': 'Tizen', 'user_agent.os.version': '9' })
})

const place = {
  SrcGeoCountry: 'DE',
  SrcGeoRegion: 'DE-BE',
  SrcGeoCity: 'Berlin',
  SrcGeoLatitude: 52.5,
  SrcGeoLongitude: 13.4,
}

test.each([
  ['user_login_succeeded', { ...place, SrcIsp: 'Example Net', SrcDvcOs: 'macOS 10.15.7' }],
  ['workspace_export_started', place],
])(
  'an event %s of ASIM has what its schema has columns for, and all where the whole event is',
  (type, known) => {
    const one = { ...event, event_type: type }
    const { AdditionalFields: fields } = toAsim(one)
    expect(toAsim(one, { context })).toEqual({
      ...toAsim(one),
      ...known,
      AdditionalFields: { ...fields, ...attributes },
    })
  },
)

test("an event in its own form and in Panther's has it beside Asana's fields", () => {
  expect(withContext(event, fullContext)).toEqual({ ...event, asana_audit_context: nested })
  expect(withContext(event, undefined)).toBe(event)
  expect(withContext(event, {})).toBe(event)
  expect(toPanther(event, { context })).toEqual({ ...toPanther(event), asana_audit_context: nested })
  const named = ({ fields }: ReturnType<typeof pantherSchema>): string[] => fields.map(({ name }) => name)
  expect(named(pantherSchema({ name: 'Custom.AsanaAudit' }))).toContain('asana_audit_context')
  expect(named(pantherSchema())).not.toContain('asana_audit_context')
})

const contexts = [fullContext, ...partialContexts]

test('every ECS document with a context is valid', () => {
  for (const [index, [what, one]] of [...viewEvents()].entries()) {
    const found = contexts[index % contexts.length]
    expect(ecsProblems(toEcs(one, { context: () => found })), what).toEqual([])
  }
})

test.each([
  ['UDM', (one: AuditLogEvent, found: EventContext) => udmProblems(toUdm(one, { context: () => found }))],
  ['ASIM', (one: AuditLogEvent, found: EventContext) => asimProblems(toAsim(one, { context: () => found }))],
] as const)('every event of %s with a context is valid', (_, problems) => {
  for (const [index, [what, one]] of [...viewEvents()].entries())
    expect(problems(one, contexts[index % contexts.length]!), what).toEqual([])
})

test.each<OcsfOptions>([{}, { version: '1.3.0', hostProfile: true }])(
  'every OCSF event with a context is valid with %j',
  (options) => {
    let index = 0
    for (const one of documentedEvents) {
      for (const change of [{}, ...Object.values(changes)]) {
        const found = contexts[index++ % contexts.length]
        const view = toOcsf({ ...one, ...change }, { ...options, rawData: false, context: () => found })
        expect(ocsfProblems(view, options.version)).toEqual([])
      }
    }
  },
)
