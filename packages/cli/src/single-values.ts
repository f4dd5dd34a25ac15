import type { Command, Option } from 'commander'
import { repeated } from './command-options.ts'
import { describeProblems, type Problem } from './config/problem.ts'

/**
 * Refuses an option that takes one value and is given several: the last alone would count, and nobody would be told. For a whole
 * command line, once all its options are known.
 */
export function refuseRepeatedOptions(command: Command): void {
  const given = new Map<Option, number>()
  countOptions(command, given)
  command.hook('preAction', (_, called) => {
    const problems = called.options.flatMap((option): Problem[] => {
      const times = given.get(option) ?? 0
      if (times < 2) return []
      const message = `It is given ${times} times, and takes one value. Keep one of them.`
      return [{ setting: option.long ?? option.flags, message }]
    })
    if (problems.length > 0) called.error(describeProblems(problems))
  })
}

function countOptions(command: Command, given: Map<Option, number>): void {
  for (const option of command.options) {
    const takesOne = option.required && !option.variadic && option.parseArg !== repeated
    if (takesOne) command.on(`option:${option.name()}`, () => given.set(option, (given.get(option) ?? 0) + 1))
  }
  for (const sub of command.commands) countOptions(sub, given)
}
