import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { repository } from '../release/packed-packages.ts'
import { codeBlocks } from './readme-example.ts'

interface Place {
  /** A folder that the commands name, and the one of the test to use for it. */
  readonly replace?: readonly [named: string, ours: string]
  /** Where programs are found first. */
  readonly path?: string
  readonly env?: Readonly<Record<string, string>>
  /** Put before the shell that runs them, such as `onMachineCopy`. */
  readonly before?: readonly string[]
}

/**
 * Runs the first block of commands below a bold title of docs/platform-teams.md, such as "As one program.", in the folder of the
 * repository. Resolves with what they print; rejects if one fails.
 */
export async function runPlatformCommands(title: string, place: Place = {}): Promise<string> {
  const { replace: [named, ours] = ['', ''], path, env, before = [] } = place
  const page = readFileSync(join(repository, 'docs/platform-teams.md'), 'utf8')
  const [, section] = page.split(`\n**${title}**`)
  const [block] = codeBlocks(section ?? '', 'sh')
  if (block === undefined) throw new Error(`docs/platform-teams.md has no commands under "${title}".`)
  const commands = named === '' ? block : block.replaceAll(named, ours)
  const { PATH = '' } = process.env
  const { stdout } = await promisify(execFile)('env', [...before, 'sh', '-euc', commands], {
    cwd: repository,
    env: { ...process.env, ...env, PATH: path === undefined ? PATH : path + delimiter + PATH },
    maxBuffer: 2 ** 26,
  })
  return stdout
}
