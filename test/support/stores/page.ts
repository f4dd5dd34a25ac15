import { execFile } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { bundledBin } from '../../../scripts/bundle/bundled-bin.ts'
import { repository } from '../packed-packages.ts'
import { codeBlocks } from '../readme-example.ts'
import { temporaryFolder } from '../run-command.ts'

/** A page of docs/stores, whose commands and queries a test runs as they are written, but for addresses and paths. */
export interface StorePage {
  /** The block of commands, settings or queries in which this is written. */
  block(language: string, has: string): string
  /** Runs commands in a folder of their own, where `asana-audit` is the command. Resolves with what they print. */
  run(commands: string, env: Readonly<Record<string, string>>): Promise<string>
}

/** `here`: what the page names, and what it is in the test. */
export function storePage(name: string, here: Readonly<Record<string, string>>): StorePage {
  const page = readFileSync(join(repository, 'docs/stores', `${name}.md`), 'utf8')
  const text = Object.entries(here).reduce((all, [named, ours]) => all.replaceAll(named, ours), page)
  const folder = temporaryFolder()
  const program = join(folder, 'asana-audit')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${bundledBin}' "$@"\n`)
  chmodSync(program, 0o755)
  return {
    block(language, has) {
      const found = codeBlocks(text, language).filter((block) => block.includes(has))
      if (found.length !== 1 || found[0] === undefined)
        throw new Error(`docs/stores/${name}.md has ${found.length} blocks of ${language} with ${has}.`)
      return found[0]
    },
    async run(commands, env) {
      const { PATH = '' } = process.env
      const { stdout } = await promisify(execFile)('sh', ['-euc', commands], {
        cwd: folder,
        env: { PATH: folder + delimiter + PATH, HOME: folder, ...env },
        maxBuffer: 2 ** 26,
      })
      return stdout
    },
  }
}
