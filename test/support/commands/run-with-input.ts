import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Runs a program with this input; gives its status and all output. */
export async function runWithInput(
  program: string,
  args: readonly string[],
  input: Uint8Array,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(program, args, { stdio: 'pipe' })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output }
}
