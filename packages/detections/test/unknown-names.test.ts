import { expect, test } from 'vitest'
import { readRules, shippedRuleFiles } from '../src/index.ts'
import { ruleFiles, shippedRulesFolder } from '../src/read/rule-files.ts'
import { eventRule, search, warningsOf } from './rule-text.ts'

const type = 'this version knows no event type for'
const typed = 'this version knows no event of the type'
const field = 'this version knows no event with the field'

test.each<[what: string, selection: unknown, warnings: string[]]>([
  [
    'a mistyped event type',
    { event_type: 'user_login_faild' },
    [`${type} event_type: user_login_faild. Did you mean user_login_failed?`],
  ],
  [
    'a mistyped one in a list of good ones',
    { event_type: ['user_login_succeeded', 'task_deletd'] },
    [`${type} event_type: task_deletd. Did you mean task_deleted?`],
  ],
  [
    'a part that no event type has',
    { 'event_type|endswith': '_deletd' },
    [`${type} event_type|endswith: _deletd.`],
  ],
  [
    'an expression that no event type matches',
    { 'event_type|re': '^login' },
    [`${type} event_type|re: ^login.`],
  ],
  ['a mistyped field', { 'actr.email': 'x@y' }, [`${field} actr.email. Did you mean actor.email?`]],
  [
    'a mistyped field in a list of maps',
    [{ 'actr.email': 'x' }],
    [`${field} actr.email. Did you mean actor.email?`],
  ],
  [
    'a field without its section',
    { email: 'x' },
    [`${field} email. Did you mean actor.email or resource.email?`],
  ],
  [
    'a mistyped field to compare with',
    { 'actor.gid|fieldref': 'resource.gidd' },
    [`${field} resource.gidd. Did you mean resource.gid?`],
  ],
  [
    'a mistyped field that must exist',
    { 'context.oauth_app_nam|exists': true },
    [`${field} context.oauth_app_nam. Did you mean context.oauth_app_name?`],
  ],
  ['a field that is like no other', { colour: 'red' }, [`${field} colour.`]],
  [
    'known types in any case, and in part',
    { event_type: ['USER_LOGIN_*', '*_deleted'], 'event_type|contains|all': ['user', 'login'] },
    [],
  ],
  ['a detail that is like no other, for details are open', { 'details.something_quite_new': 1 }, []],
  [
    'a mistyped detail of types whose details we know',
    { event_type: ['user_login_succeeded', 'user_login_failed'], 'details.metod': 'SAML' },
    [
      `${typed} user_login_failed or user_login_succeeded with the field details.metod. Did you mean details.method?`,
    ],
  ],
  [
    'a detail that only other types have',
    { 'event_type|endswith': 'login_failed', 'details.app_gid': '1' },
    [`${typed} user_login_failed with the field details.app_gid.`],
  ],
  [
    'a detail to compare with',
    { event_type: 'user_app_authorized', 'actor.gid|fieldref': 'details.owner_of_it' },
    [`${typed} user_app_authorized with the field details.owner_of_it.`],
  ],
  [
    'details of types of which we know some, and of a type of which we know none',
    [
      { event_type: 'user_login_failed', 'details.method': 'SAML', 'details.new_value': 'x' },
      { event_type: ['user_login_failed', 'task_deleted'], 'details.something_quite_new': 1 },
      { event_type: ['user_login_failed', 'user_login_tried'], 'details.something_quite_new': 1 },
    ],
    [`${type} event_type: user_login_tried.`],
  ],
  ['a type that must be missing', { event_type: null }, []],
  ['words to find anywhere', ['user_login_faild'], []],
])('warns of unknown names: %s', (_, selection, warnings) => {
  expect(warningsOf(search(selection))).toEqual(warnings.map((one) => `detection.selection: ${one}`))
})

test('warns of fields that a correlation counts or groups by', () => {
  const named = eventRule(
    { selection: { event_type: 'task_deleted' }, condition: 'selection' },
    { name: 'one' },
  )
  const correlation = {
    ...{
      type: 'value_count',
      rules: ['one'],
      timespan: '1h',
      condition: { gte: 3, field: 'context.client_ip_adress' },
    },
    ...{ 'group-by': ['who', 'actor.gidd'], aliases: { who: { one: 'actor.emial' } } },
  }
  expect(warningsOf(named, { title: 'Many', correlation })).toEqual([
    `correlation.group-by: ${field} actor.gidd. Did you mean actor.gid?`,
    `correlation.aliases.who: ${field} actor.emial. Did you mean actor.email?`,
    `correlation.condition.field: ${field} context.client_ip_adress. Did you mean context.client_ip_address?`,
  ])
})

test('the rules that we ship name only what we know', async () => {
  expect(readRules(await shippedRuleFiles())).toMatchObject({ warnings: [] })
  expect(readRules(await ruleFiles(`${shippedRulesFolder}/first-seen`))).toMatchObject({ warnings: [] })
})
