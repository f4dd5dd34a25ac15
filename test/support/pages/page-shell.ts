import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { bundledBin } from '../../../scripts/bundle/bundled-bin.ts'
import { repository } from '../release/packed-packages.ts'
import { codeBlocks } from './readme-example.ts'

/** A page whose commands and queries a test runs as they are written, but for addresses and paths. */
export interface PageShell {
  /** The blocks of commands, in their order. */
  readonly blocks: readonly string[]
  /** The one block that has this text in it: of commands, or of another language. */
  block(text: string, language?: string): string
  /**
   * Runs blocks one after another in one shell, where `asana-audit` is the command, and gives what each prints. Rejects if a command
   * fails.
   */
  run(blocks: readonly string[]): Promise<string[]>
}

interface Here {
  /** What the commands have in their environment, beside PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>
  /** Texts of the page, and what stands for each in the test. */
  readonly replaced?: Readonly<Record<string, string>>
}

/** `page`: its path in the repository. The commands run in `folder`. */
export function pageShell(page: string, folder: string, { env = {}, replaced = {} }: Here): PageShell {
  const text = Object.entries(replaced).reduce(
    (whole, [theirs, ours]) => whole.replaceAll(theirs, ours),
    readFileSync(join(repository, page), 'utf8'),
  )
  const programs = join(folder, 'programs')
  mkdirSync(programs, { recursive: true })
  const command = join(programs, 'asana-audit')
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${bundledBin}' "$@"\n`)
  chmodSync(command, 0o755)
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env
  return {
    blocks: codeBlocks(text, 'sh'),
    block(part, language = 'sh') {
      const found = codeBlocks(text, language).filter((one) => one.includes(part))
      const [block] = found
      if (block === undefined || found.length > 1)
        throw new Error(`${page} has ${found.length} blocks of ${language} with ${part}.`)
      return block
    },
    async run(blocks) {
      const end = '--- end of a block ---\n'
      const script = blocks.map((one) => `${one}\nprintf '%s' '${end}'\n`).join('')
      const { stdout } = await promisify(execFile)('sh', ['-euc', script], {
        cwd: folder,
        env: { HOME: folder, NODE_COMPILE_CACHE, ...env, PATH: programs + delimiter + PATH },
        maxBuffer: 2 ** 26,
      })
      return stdout.split(end).slice(0, -1)
    },
  }
}
