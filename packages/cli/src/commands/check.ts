import { checkState } from '../check/check-state.ts'
import { checkAsana, checkDestination, checkSettings, type Finding } from '../check/checks.ts'
import { refused } from '../config/problem.ts'
import { type Flags, readSettings } from '../config/read-settings.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { say, sayJson } from '../terminal/say.ts'

export interface CheckFlags extends Flags {
  readonly json?: boolean
}

export async function check(flags: CheckFlags): Promise<ExitCode> {
  const reading = await readSettings(flags, process.env)
  if ('problems' in reading) return refused(reading.problems)
  const findings = await checkState(reading.settings)
  for (const pipeline of reading.settings.pipelines) {
    findings.push(...checkSettings(pipeline), await checkAsana(pipeline))
    const warned: Finding[] = []
    const destination = await checkDestination(pipeline, reading.settings.statePath, (warning) => {
      warned.push({ pipeline: pipeline.name, what: pipeline.destination.kind, ok: true, ...warning })
    })
    findings.push(...warned, destination)
  }
  if (flags.json) sayJson(findings)
  else describe(findings)
  return findings.every(({ ok }) => ok) ? exitCode.done : exitCode.failed
}

function describe(findings: readonly Finding[]): void {
  const width = Math.max(...findings.map(({ what }) => what.length))
  for (const { pipeline, what, ok, code, message } of findings) {
    const mark = ok ? (code === undefined ? '✓' : '!') : '✗'
    const where = pipeline === undefined ? '' : `${pipeline}: `
    say(`${mark} ${what.padEnd(width)}  ${where}${message}`, width + 4)
  }
}
