import { codeOf, pathStep } from '@asana-audit/core/sink-kit'
import { expect, test } from 'vitest'

const failed = (code: string): Error => Object.assign(new Error('no'), { code })

test.each([
  ['ENOENT', 'Make it'],
  ['EACCES', 'Give the user the right'],
  ['EPERM', 'Give the user the right'],
  ['EROFS', 'read-only'],
  ['ENOSPC', 'Free some'],
  ['ENOTDIR', 'is a file'],
  ['EIO', 'Name another'],
])('of a path that ends in %s it is said what to do', (code, step) => {
  expect(pathStep(failed(code))).toContain(step)
  expect(codeOf(failed(code))).toBe(code)
})

test('only what is not there is to be made', () => {
  for (const code of ['EACCES', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EIO'])
    expect(pathStep(failed(code))).not.toContain('Make it')
  expect(codeOf('no error')).toBe('no code')
})
