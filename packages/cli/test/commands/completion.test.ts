import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { program } from '../../src/program.ts'
import { runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

// Each completion is tried in the real shell. `REQUIRE_SHELLS` makes a missing one a failure; elsewhere its tests are skipped.

const file = temporaryFolder()

async function output(shell: string, ...args: readonly string[]): Promise<string> {
  const { PATH = '' } = process.env
  const options = { cwd: dirname(file('x')), env: { PATH, HOME: file('.'), TERM: 'dumb' }, timeout: 200_000 }
  const { stdout } = await promisify(execFile)(shell, args, options)
  return stdout
}

async function isHere(shell: string): Promise<boolean> {
  if (process.env['REQUIRE_SHELLS']) return true
  return output(shell, '-c', 'true').then(
    () => true,
    () => false,
  )
}
const here = { bash: await isHere('bash'), zsh: await isHere('zsh'), fish: await isHere('fish') }

beforeAll(async () => {
  writeFileSync(file('pipelines.yaml'), '')
  for (const shell of ['bash', 'zsh', 'fish'])
    writeFileSync(file(`completion.${shell}`), (await runCommand(['completion', shell])).stdout)
})

/** What is typed, the last word of it in part, and what that word becomes. */
const completed: [typed: string, word: string][] = [
  ['asana-audit quar', 'quarantine'],
  ['asana-audit state rew', 'rewind'],
  ['asana-audit run --exit', '--exit-on-fatal'],
  ['asana-audit config check --js', '--json'],
  ['asana-audit backfill --log js', 'json'],
  ['asana-audit run --once --format pan', 'panther'],
  ['asana-audit completion fi', 'fish'],
  ['asana-audit run --config pipe', 'pipelines.yaml'],
  ['asana-audit config check pipe', 'pipelines.yaml'],
]

describe.skipIf(!here.bash)('the completion for bash', () => {
  test.for(completed)('of "%s" is %s', async ([typed, word]) => {
    const words = typed.split(' ')
    const script = `source completion.bash
      COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}
      _asana_audit
      # What "complete -o default" does without an answer.
      [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- ${words.at(-1)}))
      echo "\${COMPREPLY[@]}"`
    expect(await output('bash', '--norc', '-c', script)).toBe(`${word}\n`)
  })

  test('offers every command, and every option of a command', async () => {
    const whole = await program(() => {})
    const of = (words: string): string =>
      `COMP_WORDS=(asana-audit ${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _asana_audit; echo "\${COMPREPLY[@]}"\n`
    const script = `source completion.bash\n${of('""')}${of('run --')}`
    const [commands = '', options = ''] = (await output('bash', '--norc', '-c', script)).split('\n')
    expect(commands.split(' ')).toEqual(whole.commands.map((command) => command.name()))
    const run = whole.commands.find((command) => command.name() === 'run')
    expect(options.split(' ')).toEqual([...(run?.options ?? []).map(({ long }) => long), '--help'])
  })

  test('of a value after an equals sign is the value', async () => {
    const script = `source completion.bash
      COMP_WORDS=(asana-audit run --log = h); COMP_CWORD=4; _asana_audit; echo "\${COMPREPLY[@]}"`
    expect(await output('bash', '--norc', '-c', script)).toBe('human\n')
  })

  test('is registered for the command', async () => {
    const registered = await output('bash', '--norc', '-c', 'source completion.bash; complete -p asana-audit')
    expect(registered).toContain('-F _asana_audit asana-audit')
  })
})

describe.skipIf(!here.zsh)('the completion for zsh', () => {
  test.for(completed)('of "%s" is %s', async ([typed, word]) => {
    // A real terminal: the line is typed with a tab at its end, and the command says what it was called with.
    const script = `zmodload zsh/zpty
      zpty z zsh -f -i
      zpty -w z 'PROMPT=; unsetopt zle_bracketed_paste 2>/dev/null; autoload -Uz compinit; compinit -u -D; source ./completion.zsh; asana-audit() { print -r -- "got[$*]" }; print rea""dy'
      zpty -r z out '*ready*'
      zpty -w z $'${typed}\\t'
      zpty -r z out '*got\\[*\\]*'
      print -r -- "$out"
      zpty -d z`
    const said = await output('zsh', '-f', '-c', script)
    const words = typed.split(' ').slice(1, -1)
    expect(/got\[(.*?)\]/.exec(said)?.[1]?.trim()).toBe([...words, word].join(' '))
  })
})

describe.skipIf(!here.fish)('the completion for fish', () => {
  test.for(completed)('of "%s" is %s', async ([typed, word]) => {
    const script = `source completion.fish; complete -C '${typed}'`
    const lines = (await output('fish', '--no-config', '-c', script)).trim().split('\n')
    expect(lines.map((line) => line.split('\t')[0])).toEqual([word])
  })
})

test('an unknown shell is a problem that names the others', async () => {
  const { code, stderr } = await runCommand(['completion', 'tcsh'])
  expect(code).toBe(2)
  expect(stderr).toContain('"tcsh" cannot be used. Give one of bash, zsh, fish.')
})
