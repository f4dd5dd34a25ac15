import { logForms, logLevels } from './choice.ts'
import { choiceOption, Option } from './command.ts'

// What a command that runs for long writes to stderr.

export const logForm = choiceOption(
  '--log <form>',
  'what to write to stderr (default: human on a terminal, else json)',
  logForms,
)

export const logLevel = choiceOption(
  '--log-level <level>',
  'the least urgent that is written there: warn and error are for persons, debug is everything (default info)',
  logLevels,
)

export const jsonLog = new Option('--json', 'the same as --log json').implies({ log: 'json' })
