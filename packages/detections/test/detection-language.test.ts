import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type EventRule, supportedModifiers } from '../src/index.ts'
import { textPattern } from '../src/match/text-pattern.ts'
import { event, eventRule, problemsOf, rulesOf, search } from './rule-text.ts'

function matches(rule: object, one = event()): boolean {
  return (rulesOf(rule)[0] as EventRule).matches(one)
}

const searches: [what: string, search: unknown, expected: boolean][] = [
  ['text is equal in any case', { 'actor.email': 'ADA@example.com' }, true],
  ['text is more than a part', { 'actor.email': 'ada' }, false],
  ['* is any text', { 'actor.email': 'a*@*.com' }, true],
  ['? is one character', { 'actor.gid': '5?1' }, true],
  ['? is not none', { 'actor.gid': '501?' }, false],
  ['\\* is a star', { 'details.path': 'C:\\temp\\\\\\*.csv' }, true],
  ['\\* is no wildcard', { 'actor.email': 'ada\\*' }, false],
  ['a single backslash is itself', { 'details.path': 'c:\\temp\\\\*' }, true],
  ['one of a list is enough', { 'actor.gid': ['1', '501'] }, true],
  ['every line of a map is needed', { 'actor.gid': '501', 'context.context_type': 'api' }, false],
  ['one map of a list is enough', [{ 'context.context_type': 'api' }, { 'actor.gid': '501' }], true],
  ['a number equals its text', { 'actor.gid': 501 }, true],
  ['text equals its number', { 'details.count': '7' }, true],
  ['a truth value equals itself', { 'context.admin': true }, true],
  ['an item of a list in the event is enough', { 'details.method': 'one_time_key' }, true],
  ['null is null', { 'resource.name': null }, true],
  ['null is absent', { 'context.oauth_app_name': null }, true],
  ['null is not empty text', { 'details.empty': null }, false],
  ['empty text is empty text', { 'details.empty': '' }, true],
  ['empty text is not absent', { 'details.none': '' }, false],
  ['a path into nothing', { 'actor.email.domain': 'example.com' }, false],
  ['what every object inherits is no field', { 'actor.constructor': '*' }, false],
  ['words are looked for everywhere', ['nowhere', 'lovelace'], true],
  ['words are not looked for in the names of fields', ['client_ip_address'], false],
  ['one word without a list', 'Ada L*', true],
  ['all words', { '|all': ['ada', 'saml'] }, true],
  ['all words, one missing', { '|all': ['ada', 'saml2'] }, false],
]

test.each(searches)('%s', (_, selection, expected) => {
  expect(matches(search(selection))).toBe(expected)
})

const modifiers: Record<string, [line: string, value: unknown, expected: boolean][]> = {
  contains: [
    ['actor.email|contains', 'A@EX', true],
    ['actor.email|contains', 'a?ex', true],
    ['actor.email|contains', 'bob', false],
  ],
  startswith: [
    ['actor.email|startswith', 'Ada', true],
    ['actor.email|startswith', 'example', false],
  ],
  endswith: [
    ['event_type|endswith', '_succeeded', true],
    ['event_type|endswith', 'user', false],
  ],
  all: [
    ['actor.email|contains|all', ['ada', '.com'], true],
    ['actor.email|contains|all', ['ada', '.org'], false],
    ['details.method|all', ['SAML', 'ONE_TIME_KEY'], true],
  ],
  cased: [
    ['actor.name|cased', 'Ada Lovelace', true],
    ['actor.name|cased', 'ada lovelace', false],
    ['actor.name|contains|cased', 'LOVE', false],
  ],
  re: [
    ['actor.name|re', '^Ada\\s\\w+$', true],
    ['actor.name|re', 'ADA', false],
  ],
  i: [['actor.name|re|i', 'ADA', true]],
  m: [
    ['actor.name|re|m', '^Lovelace', false],
    ['details.note|re|m', '^two$', true],
  ],
  s: [
    ['details.note|re|s', 'one.two', true],
    ['details.note|re', 'one.two', false],
  ],
  cidr: [
    ['context.client_ip_address|cidr', '2001:db8::/32', true],
    ['context.client_ip_address|cidr', ['192.0.2.0/24', '2001:db9::/32'], false],
    ['actor.name|cidr', '0.0.0.0/0', false],
  ],
  exists: [
    ['resource.name|exists', true, true],
    ['resource.name|exists', false, false],
    ['context.rule_name|exists', false, true],
    ['details|exists', true, true],
  ],
  fieldref: [
    ['actor.gid|fieldref', 'resource.gid', true],
    ['actor.name|fieldref', 'actor.email', false],
    ['actor.none|fieldref', 'resource.none', false],
  ],
  lt: [
    ['details.count|lt', 8, true],
    ['details.count|lt', 7, false],
  ],
  lte: [['details.count|lte', 7, true]],
  gt: [
    ['details.big|gt', 11, true],
    ['details.empty|gt', -1, false],
    ['details.none|gt', -1, false],
  ],
  gte: [['details.count|gte', 7, true]],
}

test('every modifier has a test', () => {
  expect(Object.keys(modifiers).sort()).toEqual([...supportedModifiers].sort())
})

describe.each(Object.entries(modifiers))('the modifier %s', (_, cases) => {
  const noted = event({ details: { ...event().details, note: 'one\ntwo' } })

  test.each(cases)('%s: %j is %s', (line, value, expected) => {
    expect(matches(search({ [line]: value }), noted)).toBe(expected)
  })
})

const yes = { event_type: 'user_*' }
const no = { event_type: 'task_*' }
const conditions: [condition: string | string[], expected: boolean][] = [
  ['yes_1', true],
  ['not yes_1', false],
  ['not no_1 and not no_2', true],
  ['no_1 or yes_1 and no_2', false],
  ['yes_1 or yes_2 and no_2', true],
  ['(yes_1 or yes_2) and no_2', false],
  ['not (no_1 or yes_1)', false],
  ['not not yes_1', true],
  ['1 of yes_*', true],
  ['any of no_*', false],
  ['all of yes_*', true],
  ['all of *_1', false],
  ['1 of them', true],
  ['all of them', false],
  ['not 1 of no_* AND ALL OF yes_*', true],
  ['1 of _left*', true],
  [['no_1', 'yes_1'], true],
  [['no_1', 'no_2'], false],
]

test.each(conditions)('the condition %j is %s', (condition, expected) => {
  expect(matches(eventRule({ yes_1: yes, yes_2: yes, no_1: no, no_2: no, condition, _left_out: yes }))).toBe(
    expected,
  )
})

test('"them" leaves out identifiers that begin with an underscore', () => {
  expect(matches(eventRule({ yes, _no: no, condition: 'all of them' }))).toBe(true)
})

test('for any text and pattern, a wildcard matches the same as the equal regular expression', () => {
  const letters = fc.stringMatching(/^[ab*?]{0,8}$/)
  const text = fc.stringMatching(/^[ab]{0,10}$/)
  fc.assert(
    fc.property(letters, text, (pattern, value) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`)
      expect(textPattern(pattern, 'whole', false)(value)).toBe(expression.test(value))
    }),
  )
})

test('a hostile text and pattern take no more steps than the product of their lengths', () => {
  const pattern = textPattern('a*'.repeat(200), 'contains', false)
  expect(pattern(`${'a'.repeat(199)}${'b'.repeat(20_000)}`)).toBe(false)
})

const refused: [what: string, rule: object, message: RegExp][] = [
  [
    'an unknown modifier',
    search({ 'a|base64offset|contains': 'x' }),
    /a\|base64.*\|base64offset is not supp/,
  ],
  ['two kinds of comparison', search({ 'a|re|contains': 'x' }), /contains and re cannot be combined/],
  ['a flag without re', search({ 'a|i': 'x' }), /i can only be combined with re/],
  ['cased with re', search({ 'a|re|cased': 'x' }), /cased cannot be combined with re/],
  ['all with one value', search({ 'a|all': 'x' }), /all needs a list/],
  ['null in a list', search({ a: [null, 'x'] }), /null must be the only value/],
  ['an invalid range', search({ 'a|cidr': '192.0.2.7' }), /not a range/],
  [
    'an invalid expression',
    search({ 'a|re': '(' }),
    /"\(" is not a valid regular expression: missing closing \)/,
  ],
  ['looking ahead', search({ 'a|re': 'a(?=b)' }), /has a look-ahead/],
  ['looking behind', search({ 'a|re': '(?<!a)b' }), /a look-behind/],
  ['referring back', search({ 'a|re': '(a)\\1' }), /a back-reference/],
  ['a huge expression', search({ 'a|re': '(\\w\\s?|.a|a.){1,900}' }), /too large/],
  ['exists with text', search({ 'a|exists': 'yes' }), /true or false/],
  ['less than text', search({ 'a|lt': 'many' }), /takes a number/],
  ['a map as value', search({ a: { b: 1 } }), /must be text/],
  ['an empty list', search({ a: [] }), /empty/],
  ['an empty map', search({}), /empty/],
  ['words and maps', search(['word', { a: 1 }]), /either words or maps/],
  ['an unknown identifier', eventRule({ a: yes, condition: 'b' }), /no search identifier b/],
  ['a pattern for nothing', eventRule({ a: yes, condition: '1 of b*' }), /matches b\*/],
  ['2 of', eventRule({ a: yes, condition: '2 of them' }), /"2 of" is not supported/],
  ['an open parenthesis', eventRule({ a: yes, condition: '(a' }), /ends too early/],
  ['half a condition', eventRule({ a: yes, condition: 'a and' }), /ends too early/],
  ['near', eventRule({ a: yes, condition: 'a near a' }), /near is not expected/],
  ['an aggregation', eventRule({ a: yes, condition: 'a | count() > 5' }), /aggregations/],
  ['a timeframe', eventRule({ a: yes, condition: 'a', timeframe: '5m' }), /timeframe: not supported/],
  ['another product', { ...search(yes), logsource: { product: 'windows' } }, /product: not asana/],
  ['another service', { ...search(yes), logsource: { product: 'asana', service: 'x' } }, /not audit/],
  ['an unknown level', { ...search(yes), level: 'severe' }, /level/],
  ['a filter document', { title: 'f', filter: {} }, /filter: such documents/],
]

test.each(refused)('a wrong rule is refused: %s', (_, rule, message) => {
  const problems = problemsOf(rule)
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(message)
})

test('every problem of every rule is reported at once', () => {
  expect(problemsOf(...refused.map(([, rule]) => ({ ...rule, title: crypto.randomUUID() })))).toHaveLength(
    refused.length,
  )
  expect(
    problemsOf(eventRule({ a: { 'b|wide': 1, 'c|re': '(' }, d: { 'e|cidr': 'x' }, condition: 'f' })),
  ).toHaveLength(3)
})

test.each(['^(a+)+$', '^(a|a)*$', '(.*)*=', '^(([a-z])+.)+[A-Z]([a-z])+$'])(
  'a hostile text does not slow down the expression %s',
  (expression) => {
    const crafted = event({ actor: { actor_type: 'user', gid: '501', name: `${'a'.repeat(200_000)}!` } })
    expect(matches(search({ 'actor.name|re': expression }), crafted)).toBe(false)
  },
)

test('a value of more than a million characters matches no expression', () => {
  const named = (name: string) => event({ actor: { actor_type: 'user', gid: '501', name } })
  expect(matches(search({ 'actor.name|re': 'a$' }), named('a'.repeat(1_000_000)))).toBe(true)
  expect(matches(search({ 'actor.name|re': 'a$' }), named('a'.repeat(1_000_001)))).toBe(false)
})
