import { describe, expect, test } from 'vitest'
import { cimProblems } from './cim-problems.ts'

// As with ECS: the validator of the other tests must itself be tested.

const login = {
  tag: ['authentication'],
  action: 'success',
  app: 'asana',
  dest: 'asana',
  src: '192.0.2.7',
  user: 'ada@example.com',
  signature_id: 'user_login_succeeded',
}

const change = {
  tag: ['change'],
  action: 'modified',
  change_type: 'admin_settings',
  command: 'workspace_saml_settings_changed',
  dest: 'asana',
  dvc: 'asana',
  object: 'example.com',
  object_attrs: 'required → optional',
  object_category: 'email_domain',
  object_id: '12',
  src: 'unknown',
  status: 'success',
  user: 'ada@example.com',
  vendor_product: 'Asana Audit Log',
}

const account = {
  ...change,
  tag: ['change', 'account'],
  object_category: 'user',
  user: 'bart@example.com',
  src_user: 'ada@example.com',
}

const access = {
  tag: ['data', 'access'],
  action: 'downloaded',
  app: 'asana',
  dest: 'asana',
  object: 'plan.pdf',
  object_attrs: 'attachment_downloaded',
  object_category: 'file',
  object_id: '13',
  object_size: 'unknown',
  src: '192.0.2.7',
  user: 'ada@example.com',
  user_name: 'Ada',
  vendor_account: '12',
  vendor_product: 'Asana Audit Log',
}

const failed = { ...change, status: 'failure', result: 'refused' }

test.each([login, change, account, access, failed])('a good event has no problems: $tag $status', (event) => {
  expect(cimProblems(event)).toEqual([])
})

test('an event of no model has plain fields and no tag', () => {
  expect(cimProblems({ tag: [], user: 'ada@example.com', _time: 1_767_323_045.678 })).toEqual([])
})

const good = { login, change, account, access }

/** Each field of each event: left out if the model requires it, and with a value of another type. */
const spoiled = Object.entries(good).flatMap(([name, event]) =>
  Object.keys(event).flatMap((field) => {
    const values: unknown[] = [null, '', ['a list'], { an: 'object' }, '\udfff', true]
    return values.map((value): [string, string, unknown] => [name, field, value])
  }),
)

const missing = Object.entries(good).flatMap(([name, event]) =>
  Object.keys(event)
    .filter((field) => field !== 'signature_id')
    .map((field): [string, string, undefined] => [name, field, undefined]),
)

const wrong: [string, string, unknown][] = [
  ['login', 'action', 'logout'],
  ['login', 'action', 'allowed'],
  ['login', 'user', 7],
  ['change', 'action', 'change'],
  ['change', 'action', 'downloaded'],
  ['change', 'status', 'ok'],
  // This status requires a result.
  ['change', 'status', 'failure'],
  ['account', 'status', 'failure'],
  ['change', 'object_category', 'file'],
  ['change', 'object_category', 'directory'],
  ['account', 'object_category', 'registry'],
  ['account', 'action', 'acl_modified'],
  ['account', 'src_user', undefined],
  ['access', 'action', 'acl_modified'],
  ['access', 'action', 'exported'],
  ['access', 'object_category', 'workspace'],
  ['access', 'object_category', 'attachment'],
  ['access', 'object_size', 12],
  ['login', 'tag', ['change']],
  ['change', 'tag', ['authentication']],
  ['change', 'tag', ['change', 'alert']],
  ['change', 'tag', ['alert']],
  ['change', 'tag', ['account']],
  ['access', 'tag', ['data']],
  ['access', 'tag', ['access']],
  ['access', 'tag', 'data access'],
]

describe('an event with one thing wrong is refused', () => {
  const mutations = [...missing, ...spoiled, ...wrong]

  test('and there are many such events', () => {
    expect(mutations.length).toBeGreaterThanOrEqual(50)
  })

  test.each(mutations)('%s with %s: %j', (name, field, value) => {
    const { [field]: _, ...rest } = good[name as keyof typeof good] as Record<string, unknown>
    expect(cimProblems(value === undefined ? rest : { ...rest, [field]: value })).not.toEqual([])
  })

  test.each([[undefined], [null], ['text'], [[]], [{}]])('%j', (value) => {
    expect(cimProblems(value)).not.toEqual([])
  })
})
