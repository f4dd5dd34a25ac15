/**
 * Draws docs/images/terminal.svg, the picture in the root README: `pnpm generate:terminal-picture`. The real commands deliver
 * from the simulator to an OTLP receiver. Their output is drawn unchanged, with line breaks between words.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { wrapped } from '../../packages/cli/src/terminal/wrapped.ts'
import { startSimulator } from '../../packages/simulator/src/index.ts'

const picture = fileURLToPath(new URL('../../docs/images/terminal.svg', import.meta.url))
const command = fileURLToPath(new URL('../../packages/cli/src/bin.ts', import.meta.url))
const columns = 92
const lineHeight = 20

const pipeline = '--to otlp --name acme --state acme.db'
const shown = [`check ${pipeline}`, `run ${pipeline} --once`, `verify ${pipeline}`]

async function printed(words: string, folder: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const child = spawn(process.execPath, [command, ...words.split(' ')], { cwd: folder, env })
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return `${out}${err}`.trimEnd().split('\n')
}

function svg(lines: readonly string[]): string {
  const height = lines.length * lineHeight + 40
  const drawn = lines.map((line, index) => {
    // A non-breaking space, because browsers collapse ordinary ones.
    const escaped = line.replace(/[&<]/g, (found) => `&#${found.charCodeAt(0)};`).replaceAll(' ', '&#160;')
    const coloured = escaped.replace('✓', '<tspan fill="#7ee787">✓</tspan>')
    const colour = line.startsWith('$') ? '#79c0ff' : '#e6edf3'
    return `<text x="20" y="${index * lineHeight + 34}" fill="${colour}">${coloured}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${columns * 8.45 + 40} ${height}">
<title>A terminal with asana-audit check, run and verify</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
${drawn.join('\n')}
</g>
</svg>
`
}

const folder = await mkdtemp(join(tmpdir(), 'asana-audit-picture-'))
const simulator = await startSimulator({ events: 5_000, days: 60, mix: 'everyday' })
// An OTLP receiver that accepts everything answers without a body.
const receiver = createServer((request, response) => {
  request
    .resume()
    .on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end())
}).listen(4318, '127.0.0.1')
await once(receiver, 'listening')
const env = {
  PATH: process.env['PATH'],
  ASANA_BASE_URL: simulator.url,
  ASANA_TOKEN: 'simulator-token',
  ASANA_WORKSPACE: simulator.workspace,
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318',
}
try {
  const lines: string[] = []
  for (const words of shown) {
    lines.push(`$ asana-audit ${words}`)
    // On a terminal, this form is the default.
    const asked = words.startsWith('run') ? `${words} --log human` : words
    for (const line of await printed(asked, folder, env)) lines.push(...wrapped(line, 2, columns).split('\n'))
    lines.push('')
  }
  await writeFile(picture, svg(lines.slice(0, -1)))
  process.stdout.write(`${lines.join('\n')}\n`)
} finally {
  receiver.close()
  await simulator.close()
  await rm(folder, { recursive: true, force: true })
}
