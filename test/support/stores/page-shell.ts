import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { bundledBin } from '../../../scripts/bundle/bundled-bin.ts'
import { repository } from '../packed-packages.ts'
import { codeBlocks } from '../readme-example.ts'

/** The commands of a page, run as they stand there. */
export interface PageShell {
  /** Runs blocks of the page after one another in one shell, and says what each prints. Rejects if a command fails. */
  run(blocks: readonly string[]): Promise<string[]>
  /** The block that has this text in it. */
  block(text: string): string
  readonly blocks: readonly string[]
}

/** `folder` is where the commands run; `replaced` are texts of the page, and what stands for them in the test. */
export function pageShell(
  page: string,
  folder: string,
  {
    env = {},
    replaced = {},
  }: { env?: Readonly<Record<string, string>>; replaced?: Readonly<Record<string, string>> },
): PageShell {
  const here = (text: string): string =>
    Object.entries(replaced).reduce((whole, [theirs, ours]) => whole.replaceAll(theirs, ours), text)
  const text = readFileSync(join(repository, page), 'utf8')
  const blocks = codeBlocks(text, 'sh').map(here)
  const programs = join(folder, 'programs')
  mkdirSync(programs, { recursive: true })
  const command = join(programs, 'asana-audit')
  writeFileSync(command, `#!/bin/sh\nexec ${process.execPath} ${bundledBin} "$@"\n`)
  chmodSync(command, 0o755)
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env
  return {
    blocks,
    block(part) {
      const found = blocks.find((one) => one.includes(part))
      if (found === undefined) throw new Error(`${page} has no commands with ${part}.`)
      return found
    },
    async run(some) {
      const end = '--- end of a block ---'
      const script = some.map((one) => `${one}\necho '${end}'\n`).join('')
      const { stdout } = await promisify(execFile)('sh', ['-euc', script], {
        cwd: folder,
        env: { HOME: folder, NODE_COMPILE_CACHE, ...env, PATH: programs + delimiter + PATH },
        maxBuffer: 2 ** 26,
      })
      return stdout.split(end).slice(0, -1)
    },
  }
}
