import { codeOf, pathStep } from '@asana-audit/core/sink-kit'
import { expect, test } from 'vitest'
import { readStep } from '../../src/files/path-step.ts'

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

test('a missing permission is not called a wrong path, and nothing is said to exist', () => {
  for (const code of ['EACCES', 'EPERM']) {
    expect(readStep(failed(code), 'Give a path.')).toMatch(/no permission to read it\. Give the user/)
    expect(pathStep(failed(code))).not.toContain('exists')
  }
  expect(readStep(failed('ENOENT'), 'Give a path.')).toBe('Give a path.')
})
