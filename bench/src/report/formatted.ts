import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const root = join(import.meta.dirname, '../../..')

/** The text in the format of the linter for a file of this name. */
export async function formatted(name: string, content: string): Promise<string> {
  const arguments_ = ['format', `--stdin-file-path=bench/${name}`]
  const biome = spawn(join(root, 'node_modules/.bin/biome'), arguments_, {
    cwd: root,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  biome.stdin.end(content)
  const [output, [code]] = await Promise.all([text(biome.stdout), once(biome, 'close')])
  if (code !== 0) throw new Error(`${name} cannot be formatted (${code}).`)
  return output
}
