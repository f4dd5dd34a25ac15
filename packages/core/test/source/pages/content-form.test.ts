import { defaultFieldPolicy, fieldPolicy, keepAll } from '@asana-audit/schema'
import { expect, test } from 'vitest'
import { contentForm } from '../../../src/source/pages/content-form.ts'

const key = 'a secret of 16 bytes or more'
const hashing = { fields: { 'actor.email': 'hash' }, hashKey: key } as const

test('policies that make something else of an event have other forms', () => {
  const policies = [
    defaultFieldPolicy,
    keepAll,
    fieldPolicy({ people: 'drop' }),
    fieldPolicy({ people: 'hash', hashKey: key }),
    fieldPolicy({ people: 'hash', hashKey: `${key}!` }),
    fieldPolicy(hashing),
    fieldPolicy({ ...hashing, hashKey: `${key}!` }),
  ]
  expect(new Set(policies.map(contentForm)).size).toBe(policies.length)
})

test('the same policy has the same form, whatever the order of its fields', () => {
  const fields = { 'actor.email': 'drop', 'actor.name': 'drop' } as const
  const reversed = { 'actor.name': 'drop', 'actor.email': 'drop' } as const
  expect(contentForm(fieldPolicy({ fields }))).toBe(contentForm(fieldPolicy({ fields: reversed })))
})

test('a form does not tell the key', () => {
  expect(contentForm(fieldPolicy(hashing))).toMatch(/^1-[\w-]{16}$/)
})
