import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toAsim } from '../../src/dialects/asim.ts'
import { toCim } from '../../src/dialects/cim.ts'
import { toEcs } from '../../src/dialects/ecs.ts'
import { toOcsf } from '../../src/dialects/ocsf.ts'
import { toPanther } from '../../src/dialects/panther.ts'
import { toUdm } from '../../src/dialects/udm.ts'
import {
  type AuditLogEvent,
  applyFieldPolicy,
  type FieldPolicyOptions,
  fieldPolicy,
  keepAll,
  parseAuditLogEvent,
  severityNumber,
  toLogRecord,
} from '../../src/index.ts'
import { toJsonText } from '../../src/lossless.ts'
import { arbitraryEvent } from '../support/arbitrary-event.ts'
import { holds } from '../support/holds.ts'
import { sameJson } from '../support/same-json.ts'

const hashKey = 'a key of 20 bytes ok'
const hashing = fieldPolicy({ people: 'hash', hashKey })
const dropping = fieldPolicy({ people: 'drop' })

/** The hash of a value with this key, as `fields: hash` writes it. */
function hashOf(value: string): string {
  const policy = fieldPolicy({ fields: { 'actor.name': 'hash' }, people: 'keep', hashKey })
  return applyFieldPolicy({ actor: { name: value } }, policy).actor.name
}

const ada = { gid: '1200000000000001', name: 'Ada Lovelace', email: 'ada@example.com' }
const bo = { gid: '1200000000000002', name: 'Bo Diddley', email: 'bo@example.com' }

const roleChange = {
  gid: '9000000000000001',
  created_at: '2026-01-02T03:04:05Z',
  event_type: 'user_workspace_admin_role_changed',
  event_category: 'roles',
  actor: { actor_type: 'user', ...ada },
  resource: { resource_type: 'user', ...bo },
  details: {
    old_value: 'member',
    new_value: 'super_admin',
    group: { gid: '77', name: 'Design', resource_type: 'team' },
    note: 'Ada Lovelace (ada@example.com) asked for bo@example.com, see https://example.com/u/?mail=bo%40example.com&x=1',
    changed_by: 'Ada Lovelace',
    followers: [{ user_gid: 1200000000000002, role: 'guest' }, 'cy@example.com'],
    'Bo Diddley': true,
  },
  context: { context_type: 'web', client_ip_address: '192.0.2.7', on_behalf_of_user_id: 1200000000000001 },
} satisfies AuditLogEvent

/** The event in every form that this package writes. */
function everyForm(event: AuditLogEvent): string[] {
  return [
    event,
    toLogRecord(event, { fieldPolicy: keepAll }),
    toLogRecord(event, { fieldPolicy: keepAll, details: 'structured' }),
    toEcs(event),
    toCim(event),
    toPanther(event),
    toUdm(event),
    toAsim(event),
    toOcsf(event, { observables: true, hostProfile: true }),
  ].map(toJsonText)
}

test('a person has the same three hashes everywhere, in texts and in numbers too', () => {
  const [gid, name, email] = [hashOf(bo.gid), hashOf(bo.name), hashOf(bo.email)]
  const by = { gid: hashOf(ada.gid), name: hashOf(ada.name), email: hashOf(ada.email) }
  expect(applyFieldPolicy(roleChange, hashing)).toEqual({
    ...roleChange,
    actor: { actor_type: 'user', ...by },
    resource: { resource_type: 'user', gid, name, email },
    details: {
      old_value: 'member',
      new_value: 'super_admin',
      group: { gid: '77', name: 'Design', resource_type: 'team' },
      note: `${by.name} (${by.email}) asked for ${email}, see https://example.com/u/?mail=${email}&x=1`,
      changed_by: by.name,
      followers: [{ user_gid: gid, role: 'guest' }, hashOf('cy@example.com')],
      [name]: true,
    },
    context: { ...roleChange.context, on_behalf_of_user_id: by.gid },
  })
})

test('dropped people are removed from their fields, and replaced by a mark in texts', () => {
  expect(applyFieldPolicy(roleChange, dropping)).toEqual({
    ...roleChange,
    actor: { actor_type: 'user' },
    resource: { resource_type: 'user' },
    details: {
      old_value: 'member',
      new_value: 'super_admin',
      group: { gid: '77', name: 'Design', resource_type: 'team' },
      note: '[hidden] ([hidden]) asked for [hidden], see https://example.com/u/?mail=[hidden]&x=1',
      followers: [{ role: 'guest' }],
      '[hidden]': true,
    },
    context: { context_type: 'web', client_ip_address: '192.0.2.7' },
  })
})

test('sentence, indicators and aliases have no more of a person than the event', () => {
  const { body, attributes } = toLogRecord(roleChange, { fieldPolicy: hashing })
  const [name, email] = [hashOf(ada.name), hashOf(ada.email)]
  expect(body).toContain(`by ${name} (${email})`)
  expect(attributes).toMatchObject({
    'user.email': email,
    'asana.audit.indicators.email': [email, hashOf(bo.email)],
    'asana.audit.indicators.username': [name],
  })
})

test('upper case, blanks and the form of an accent do not make another person', () => {
  const event = {
    actor: { name: 'Zo\u00eb', email: ' Ada@Example.com ' },
    details: { old_value: 'Zoe\u0308', owner_name: 'Zoe\u0308', contact_email: 'ADA@EXAMPLE.COM' },
  }
  const { actor, details } = applyFieldPolicy(event, hashing)
  expect(details.owner_name).toBe(actor.name)
  expect([actor.email, details.contact_email]).toEqual([hashOf('ada@example.com'), hashOf('ada@example.com')])
})

test.each([
  [
    'an accent as a separate character',
    'Jos\u00e9 N\u00fa\u00f1ez',
    'by Jose\u0301 Nu\u0301n\u0303ez!',
    'by [hidden]!',
  ],
  [
    'an accent in one character with its letter',
    'Jose\u0301 Nu\u0301n\u0303ez',
    'by Jos\u00e9 N\u00fa\u00f1ez!',
    'by [hidden]!',
  ],
  ['accents left out', 'Jos\u00e9 N\u00fa\u00f1ez', 'by Jose Nunez!', 'by [hidden]!'],
  ['a blank that does not break', 'Ada Example', 'by Ada\u00a0Example', 'by [hidden]'],
  ['blanks and a line between', 'Ada  Example', 'by Ada Example, Ada\n Example', 'by [hidden], [hidden]'],
  ['a letter that is two in upper case', 'J\u00fcrgen Gro\u00df', 'J\u00dcRGEN GROSS did', '[hidden] did'],
  [
    'Turkish case',
    '\u0130smail Y\u0131lmaz',
    'ismail y\u0131lmaz and \u0130SMA\u0130L YILMAZ',
    '[hidden] and [hidden]',
  ],
  [
    'Greek case',
    '\u0393\u03b9\u03ce\u03c1\u03b3\u03bf\u03c2',
    '\u0393\u0399\u03a9\u03a1\u0393\u039f\u03a3 did',
    '[hidden] did',
  ],
  ['a mark that is not seen', 'Ada Example', '\u202aAda\u200b Example\u202c did', '\u202a[hidden]\u202c did'],
  [
    'syllables in parts',
    '\uae40\ubbfc\uc900',
    'by \u1100\u1175\u11b7\u1106\u1175\u11ab\u110c\u116e\u11ab',
    'by [hidden]',
  ],
])('a name in a text is found with %s', (_, name, note, left) => {
  const event = { actor: { actor_type: 'user', name }, details: { note } }
  expect(applyFieldPolicy(event, dropping)).toEqual({
    actor: { actor_type: 'user' },
    details: { note: left },
  })
})

test('the text around a name is unchanged', () => {
  const note = '\u0130: Stra\u00dfe  7, Jose\u0301n and \ufb01ve JOS\u00c9'
  const event = { actor: { actor_type: 'user', name: 'Jos\u00e9' }, details: { note } }
  expect(applyFieldPolicy(event, dropping).details.note).toBe(
    '\u0130: Stra\u00dfe  7, Jose\u0301n and \ufb01ve [hidden]',
  )
})

test.each([7, ['ada@example.com'], { work: 'ada@example.com' }])(
  'an actor with an email address is a person, also if the address is %j',
  (email) => {
    const event = { event_type: 'message_deleted', actor: {}, resource: { name: 'Ada Example', email } }
    expect(applyFieldPolicy(event, dropping)).toEqual({
      event_type: 'message_deleted',
      actor: {},
      resource: {},
    })
  },
)

describe('whether a value is a person depends on what the event type changes', () => {
  test.each([
    ['workspace_security_contact_email_changed', 'sec@example.com'],
    ['workspace_deprovisioning_project_recipient_changed', 'Cy Twombly'],
    ['service_account_name_changed', 'Robot of Cy'],
    ['project_owner_changed', '1200000000000003'],
  ])('%s', (event_type, old_value) => {
    const event = { ...roleChange, event_type, details: { old_value, new_value: null } }
    expect(applyFieldPolicy(event, hashing).details).toEqual({
      old_value: hashOf(old_value),
      new_value: null,
    })
  })

  test('each of several addresses is hidden by itself', () => {
    const details = { old_value: 'ada@example.com, cy@example.com', new_value: 'cy@example.com' }
    const event = { ...roleChange, event_type: 'workspace_app_recipient_emails_changed', details }
    const cy = hashOf('cy@example.com')
    expect(applyFieldPolicy(event, hashing).details).toEqual({
      old_value: `${hashOf('ada@example.com')}, ${cy}`,
      new_value: cy,
    })
  })

  test('each address of a list of any length is hidden', () => {
    const addresses = Array.from({ length: 30_000 }, (_, index) => `p${index}@example.com`)
    const event = { details: { recipient_emails: addresses.join(', '), note: addresses.join(' and ') } }
    const { recipient_emails: list, note } = applyFieldPolicy(event, hashing).details
    expect([list.includes('@'), note.includes('@')]).toEqual([false, false])
    expect(list.split(', ').at(-1)).toBe(hashOf('p29999@example.com'))
  })

  test.each([
    ['workspace_associated_email_domain_added', 'example.com'],
    ['workspace_default_session_duration_changed', '14 days'],
    ['user_team_admin_role_changed', 'team_admin'],
    ['project_privacy_settings_changed', 'public'],
    ['workspace_guest_invite_permissions_changed', 'admins_only'],
  ])('%s changes none', (event_type, new_value) => {
    const event = { ...roleChange, event_type, details: { new_value } }
    expect(applyFieldPolicy(event, hashing).details).toEqual({ new_value })
  })
})

test('teams, apps, projects and Asana itself are kept, because they are not persons', () => {
  const details = { app_name: 'Clock', app_gid: '55', app_url: 'https://clock.example', method: ['SAML'] }
  const event = {
    ...roleChange,
    event_type: 'team_created',
    actor: { actor_type: 'asana', name: 'Asana' },
    resource: { resource_type: 'team', gid: '4', name: 'Asana and friends' },
    details,
    context: { context_type: 'api', user_agent: 'Asana/1', oauth_app_name: 'Clock', rule_name: 'Nightly' },
  }
  expect(applyFieldPolicy(event, hashing)).toEqual(event)
})

test('a person whose name is that of a role does not hide the words of other fields', () => {
  const event = { ...roleChange, actor: { ...roleChange.actor, name: 'super_admin' } }
  const kept = applyFieldPolicy(event, hashing)
  expect([kept.actor.name, kept.details.new_value]).toEqual([hashOf('super_admin'), 'super_admin'])
  expect(severityNumber(kept)).toBe(severityNumber(event))
})

test('a name that contains such a word is hidden', () => {
  const event = {
    actor: { name: 'Ada Admin' },
    details: { old_value: 'Ada Admin', note: 'asked by ada admin' },
  }
  expect(applyFieldPolicy(event, dropping)).toEqual({
    actor: {},
    details: { old_value: '[hidden]', note: 'asked by [hidden]' },
  })
})

test.each([
  ['Ann <ann@example.com>, and bo@example.com.', 'Ann <[hidden]>, and [hidden].'],
  ["'ann@example.com'", "'[hidden]'"],
  ['mailto:ann+asana@example.com', 'mailto:[hidden]'],
  ['{"email":"ann@example.com","n":1}', '{"email":"[hidden]","n":1}'],
  ['"ann lee"@example.com wrote', '[hidden] wrote'],
  ['https://ex.com/ann@example.com/a?b=c', 'https://ex.com/[hidden]/a?b=c'],
  ['jörg@exämple.com', '[hidden]'],
  ['12 @ 7, @ada and a@', '12 @ 7, @ada and a@'],
])('addresses nobody is known by are found in texts: %s', (text, expected) => {
  expect(applyFieldPolicy({ details: { old_value: text } }, dropping)).toEqual({
    details: { old_value: expected },
  })
})

test('people are hidden in anything that was refused as an event too', () => {
  const raw = { gid: 7, actor: 'Ada Lovelace', created_at: 'ada@example.com', list: [['by Ada Lovelace']] }
  const name = hashOf('Ada Lovelace')
  expect(applyFieldPolicy(raw, hashing)).toEqual({
    ...{ gid: 7, actor: name, created_at: hashOf('ada@example.com'), list: [[`by ${name}`]] },
  })
  for (const other of [null, 7, 'text', [], {}]) expect(applyFieldPolicy(other, hashing)).toEqual(other)
})

const person = fc.record({
  gid: fc.bigInt({ min: 10n ** 15n, max: 10n ** 16n - 1n }).map(String),
  name: fc
    .string({ unit: fc.constantFrom(...'AdaLovelacezéİß日本-’. '), minLength: 9, maxLength: 30 })
    .map((name) => `Q${name.replaceAll(/ +/g, ' ').trim()}`)
    .filter((name) => name.length >= 8),
  email: fc.emailAddress(),
})

/** Two people in an event that mentions them in any field that may hold a text. */
const mentioning = fc
  .record({ event: arbitraryEvent, one: person, other: person })
  .chain(({ event, one, other }) => {
    const mention = fc.constantFrom(...[one, other].flatMap(Object.values))
    const text = fc.oneof(
      mention,
      fc.tuple(fc.string(), mention, fc.string()).map(([before, who, after]) => `${before} ${who} ${after}`),
      mention.map((who) => who.toUpperCase()),
    )
    const key = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom('old_value', 'owner', '__proto__', 'group'),
      text,
    )
    const { json } = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 3, depthIdentifier: 'mention' },
        text,
        fc.array(tie('json'), { maxLength: 3 }),
        fc.array(fc.tuple(key, tie('json')), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
      ),
    }))
    return fc.record({ details: json, news: json }).map((said) => ({ ...said, event, one, other }))
  })
  .map(({ event, one, other, details, news }) => {
    const { created_at, event_type } = event
    return {
      people: [one, other],
      event: {
        // An id of the event that contains none of theirs.
        ...{ gid: '7', created_at, event_type },
        actor: { actor_type: 'user', ...one },
        resource: { resource_type: 'user', ...other },
        details: details as AuditLogEvent['details'] & object,
        context: { user_agent: one.name, rule_name: `of ${other.email}` },
        news,
      } satisfies AuditLogEvent,
    }
  })

describe.each<[string, FieldPolicyOptions]>([
  ['hash', { people: 'hash', hashKey }],
  ['drop', { people: 'drop' }],
])('people: %s', (_action, options) => {
  const policy = fieldPolicy(options)

  test('leaves no address, name or gid of a person in any form of the event', () => {
    holds(
      mentioning,
      ({ event, people }) => {
        const forms = everyForm(applyFieldPolicy(event as AuditLogEvent, policy))
        const clear = people
          .flatMap(Object.values)
          .map((value) => JSON.stringify(value).slice(1, -1).toLowerCase())
        return forms.every((form) => clear.every((value) => !form.toLowerCase().includes(value)))
      },
      100,
    )
  })

  test('gives an event with the same id, time, type and severity, and does not change it a second time', () => {
    holds(
      arbitraryEvent,
      (event) => {
        const before = toJsonText(event)
        const kept = applyFieldPolicy(event, policy)
        const { gid, created_at } = event
        return (
          'event' in parseAuditLogEvent(kept) &&
          sameJson([kept.gid, kept.created_at], [gid, created_at]) &&
          severityNumber(kept) === severityNumber(event) &&
          sameJson(applyFieldPolicy(kept, policy), kept) &&
          toJsonText(event) === before
        )
      },
      100,
    )
  })
})

describe('a policy that shows people in some places', () => {
  test('has a warning about the places that it leaves, unless people: keep confirms it', () => {
    const fields = { 'actor.email': 'hash' } as const
    const [warning] = fieldPolicy({ fields, hashKey }).warnings
    expect(warning).toMatch(
      /^with actor.email hidden .* in actor.gid, actor.name, resource.gid, .*resource.email.*details/,
    )
    expect(fieldPolicy({ fields, people: 'keep', hashKey }).warnings).toEqual([])
    expect(fieldPolicy({ fields, people: 'hash', hashKey }).warnings).toEqual([])
  })

  test('has no warning if no place is left, or if no person is hidden', () => {
    expect(fieldPolicy({ fields: { context: 'drop', 'details.method': 'drop' } }).warnings).toEqual([])
    const sections = ['resource', 'details', 'context', 'actor.gid', 'actor.name', 'actor.email']
    const everything = Object.fromEntries(sections.map((path) => [path, 'drop' as const]))
    expect(fieldPolicy({ fields: everything }).warnings).toEqual([])
  })

  test.each<[FieldPolicyOptions, RegExp]>([
    [
      { people: 'hash', fields: { 'actor.name': 'keep' }, hashKey },
      /"actor.name" cannot be kept where people are hidden/,
    ],
    [
      { people: 'drop', fields: { 'details.saml_response': 'keep' } },
      /"details.saml_response" cannot be kept/,
    ],
    [{ people: 'mask' as never }, /people is "mask", write keep, hash or drop/],
    [{ people: 'hash' }, /hashKey must be set/],
  ])('%j is refused', (options, message) => {
    expect(() => fieldPolicy(options)).toThrow(message)
  })
})
