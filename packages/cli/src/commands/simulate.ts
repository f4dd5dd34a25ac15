import { type SimulatorOptions, startSimulator, stories } from '@asana-audit/simulator'
import { isGid } from '../config/pipeline/gid.ts'
import { storyNames } from '../config/story-names.ts'
import { missingUnit, parseDuration } from '../config/times/time.ts'
import { dayMs } from '../duration.ts'
import { readChoice } from '../flags/choice.ts'
import { type AnyCommand, Command, type Done, type FlagsOf, repeated } from '../flags/command.ts'
import { examples } from '../flags/help.ts'
import { releaseStops } from '../terminal/early-signals.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../terminal/problem.ts'
import { sayJson } from '../terminal/say.ts'
import { stopSignals } from '../terminal/stop-signals.ts'

const define = () =>
  new Command('simulate')
    .option('--port <number>', 'port on this machine (default: a free one)')
    .option('--events <number>', 'how many events to generate, up to 500000 (default 1000)')
    .option('--days <number>', 'how many days the events cover (default 90)')
    .option('--seed <number>', 'a different seed gives different events and faults (default 1)')
    .option('--growth <number>', 'how many new events appear a minute')
    .option('--latency <duration>', 'how long each response takes')
    .option('--fault-rate <share>', 'share of requests that fail, 0 to 1')
    .option('--workspace <gid>', 'the gid of the workspace')
    .option(
      '--mix <kind>',
      'catalogue: every type of event; everyday: ordinary work without an attack (default catalogue)',
    )
    .option(
      '--story <name>',
      'add this attack story to the events, or all of them; may be repeated',
      repeated,
    )
    .option('--list-stories', 'print the attack stories and end')
    .option('--json', 'print address, workspace and token as JSON')
    .addHelpText(
      'before',
      examples(
        'simulate --events 5000 --growth 60',
        'simulate --fault-rate 0.05 --latency 200ms',
        'simulate --mix everyday --days 7 --story account-takeover',
      ),
    )

/** `asana-audit simulate`. */
export const simulateCommand = (done: Done): AnyCommand =>
  define().action(async (flags) => done(await simulate(flags)))

async function simulate(flags: FlagsOf<typeof define>): Promise<ExitCode> {
  if (flags.listStories) {
    for (const [name, { about }] of Object.entries(stories))
      process.stdout.write(`${name.padEnd(25)} ${about}\n`)
    return exitCode.done
  }
  const problems: Problem[] = []
  const options = simulatorOptions(flags, problems)
  if (problems.length > 0) return invalidSettings(problems)
  // No listener can answer while the events are made, so until then a signal ends the process as any other.
  releaseStops()
  if (options.events >= slowFrom)
    process.stderr.write(`Making ${options.events.toLocaleString('en')} events. Press Ctrl-C to stop.\n`)
  const simulator = await startSimulator(options).catch((error: NodeJS.ErrnoException) => {
    if (error.syscall !== 'listen') throw error
    const message = `Port ${options.port} cannot be used (${error.code}). Give another one, or 0 for a free one.`
    problems.push({ setting: '--port', message })
  })
  if (!simulator) return invalidSettings(problems)
  const stop = stopSignals(() => {})
  const token = 'simulator-token'
  if (flags.json) {
    sayJson({ url: simulator.url, workspace: simulator.workspace, token, events: simulator.events.length })
  } else {
    process.stdout.write(
      `A simulated Asana audit log with ${simulator.events.length} events is running. In another terminal:\n\n` +
        `  export ASANA_BASE_URL=${simulator.url}\n` +
        `  export ASANA_WORKSPACE=${simulator.workspace}\n` +
        `  export ASANA_TOKEN=${token}\n` +
        '  asana-audit run --once --to stdout\n\nPress Ctrl-C to stop it.\n',
    )
  }
  await new Promise((resolve) => stop.addEventListener('abort', resolve))
  await simulator.close()
  return exitCode.done
}

function simulatorOptions(
  flags: FlagsOf<typeof define>,
  problems: Problem[],
): SimulatorOptions & { readonly port: number; readonly events: number } {
  const number = (
    flag: string,
    text: string | undefined,
    good: string,
    isGood = (value: number) => Number.isFinite(value) && value >= 0,
  ): number | undefined => {
    const value = text === undefined ? undefined : Number(text)
    if (value === undefined || (text?.trim() !== '' && isGood(value))) return value
    problems.push({ setting: flag, message: `${JSON.stringify(text)} cannot be used. Give ${good}.` })
    return undefined
  }
  const latency = flags.latency === undefined ? undefined : parseDuration(flags.latency)
  if (flags.latency !== undefined && latency === undefined) {
    const wrong = missingUnit(flags.latency, 's')
    problems.push({ setting: '--latency', message: wrong ?? 'Give a duration, for example 200ms.' })
  }
  const rate = number('--fault-rate', flags.faultRate, 'a share from 0 to 1, for example 0.05', isShare)
  const perMinute = number('--growth', flags.growth, 'events a minute, for example 60')
  const seed = number('--seed', flags.seed, 'a whole number, for example 1', isWhole) ?? 1
  const mix = readChoice('--mix', flags.mix, ['catalogue', 'everyday'] as const, problems)
  if (flags.workspace !== undefined && !isGid(flags.workspace))
    problems.push({
      setting: '--workspace',
      message: 'It is not a gid. Give digits, for example 1234567890123456.',
    })
  const chosen = storyNames(flags.story ?? [], problems)
  const days = number('--days', flags.days, 'a number of days, for example 90', (value) => value > 0) ?? 90
  for (const name of chosen) {
    const needed = Math.ceil(stories[name].lasts / dayMs)
    if (days >= needed) continue
    problems.push({ setting: '--days', message: `${name} takes ${needed} days. Give ${needed} or more.` })
  }
  return {
    port: number('--port', flags.port, 'a port from 1 to 65535, or 0 for a free one', isPort) ?? 0,
    events:
      number('--events', flags.events, 'a number of events up to 500000, for example 5000', isCount) ?? 1_000,
    days,
    seed,
    stories: chosen,
    ...(mix !== undefined && { mix }),
    ...(flags.workspace !== undefined && { workspace: flags.workspace }),
    ...(latency !== undefined && { latencyMs: latency }),
    ...(perMinute !== undefined && { growth: { perMinute } }),
    ...(rate !== undefined && { faults: { rate, seed } }),
  }
}

const isWhole = (value: number): boolean => Number.isSafeInteger(value) && value >= 0
/** So many take about 0.8 GB of the heap. */
const mostEvents = 500_000
/** From here on it takes seconds. */
const slowFrom = 50_000
const isCount = (value: number): boolean => isWhole(value) && value <= mostEvents
const isPort = (value: number): boolean => isWhole(value) && value <= 65_535
const isShare = (value: number): boolean => value >= 0 && value <= 1
