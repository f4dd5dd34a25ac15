import { codeOf, pathStep } from '@asana-audit/core/sink-kit'
import { expect, test } from 'vitest'

const failed = (code: string): Error => Object.assign(new Error('no'), { code })

test.each([
  ['ENOENT', 'Create it'],
  ['EACCES', 'Give the user the permission'],
  ['EPERM', 'Give the user the permission'],
  ['EROFS', 'read-only'],
  ['ENOSPC', 'Free some'],
  ['ENOTDIR', 'is a file'],
  ['EIO', 'Use another path'],
])('the step after %s says what to do about the path', (code, step) => {
  expect(pathStep(failed(code))).toContain(step)
  expect(codeOf(failed(code))).toBe(code)
})

test('only a missing path is to be created', () => {
  for (const code of ['EACCES', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EIO'])
    expect(pathStep(failed(code))).not.toContain('Create it')
  expect(codeOf('no error')).toBe('no code')
})
