import type { Command, Option } from 'commander'
import { describeProblems, type Problem } from '../config/problem.ts'
import { repeated } from './command-options.ts'

/**
 * Refuses an option that takes one value and is given several: the last alone would count, and nobody would be told. So is one with
 * an empty value, which a variable of the shell that is not set leaves: a filter would find nothing, in silence. For a whole command
 * line, once all its options are known.
 */
export function requireSingleValues(command: Command): void {
  const given = new Map<Option, number>()
  const empty = new Set<Option>()
  countOptions(command, given, empty)
  command.hook('preAction', (_, called) => {
    const problems = called.options.flatMap((option): Problem[] => {
      const setting = option.long ?? option.flags
      const times = given.get(option) ?? 0
      const several = `It is given ${times} times, and takes one value. Keep one of them.`
      return [
        ...(times < 2 ? [] : [{ setting, message: several }]),
        ...(empty.has(option) ? [{ setting, message: emptyValue }] : []),
      ]
    })
    const arguments_ = called.registeredArguments.filter((_one, index) =>
      [called.processedArgs[index]].flat().some(isEmpty),
    )
    problems.push(...arguments_.map((one) => ({ setting: one.name(), message: emptyValue })))
    if (problems.length > 0) called.error(describeProblems(problems))
  })
}

const emptyValue = 'It is empty. Is a variable of the shell not set? Give a value, or leave it out.'

function isEmpty(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === ''
}

function countOptions(command: Command, given: Map<Option, number>, empty: Set<Option>): void {
  for (const option of command.options) {
    const takesOne = option.required && !option.variadic && option.parseArg !== repeated
    command.on(`option:${option.name()}`, (value: unknown) => {
      if (takesOne) given.set(option, (given.get(option) ?? 0) + 1)
      if (isEmpty(value)) empty.add(option)
    })
  }
  for (const sub of command.commands) countOptions(sub, given, empty)
}
