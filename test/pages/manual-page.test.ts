import { spawnSync } from 'node:child_process'
import { beforeAll, describe, expect, test } from 'vitest'
import type { AnyCommand } from '../../packages/cli/src/flags/command.ts'
import { program } from '../../packages/cli/src/program.ts'
import { manualPage } from '../../scripts/packages/manual-page.ts'

describe('the manual page', () => {
  let command: AnyCommand
  let page = ''
  beforeAll(async () => {
    command = await program(() => undefined)
    page = manualPage(command, '1.2.3')
  })

  test('has every command and every flag of each', () => {
    const shown = page.replaceAll('\\-', '-')
    const check = (one: AnyCommand, path: string): void => {
      if (one.commands.length === 0) {
        const section = shown.split(`\n.SS ${path} `)[1]?.split('\n.S')[0]
        for (const { flags } of one.options) expect(section, path).toContain(`\n.B ${flags}\n`)
      }
      for (const sub of one.commands) check(sub, `${path} ${sub.name()}`)
    }
    check(command, 'asana-audit')
  })

  test('takes no word of the help for a macro, and keeps each backslash', () => {
    const macros = new Set(['.TH', '.SH', '.SS', '.TP', '.B', '.I', '.EX', '.EE'])
    const calls = page.split('\n').filter((line) => /^[.']/.test(line))
    expect(calls.filter((line) => !macros.has(line.split(' ')[0] ?? ''))).toEqual([])
    const escapes = page.match(/\\./g) ?? []
    expect(escapes.filter((one) => !['\\-', '\\e', '\\&'].includes(one))).toEqual([])
  })

  test.runIf(spawnSync('groff', ['--version']).status === 0)('is read by groff without a warning', () => {
    const plain = ['-P-c', '-P-b', '-P-u']
    const args = ['-man', '-Tutf8', '-ww', '-k', ...plain]
    const { status, stdout, stderr } = spawnSync('groff', args, { input: page, encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('--config <file>')
    expect(stdout).toContain('ASANA_TOKEN_FILE')
  })
})
