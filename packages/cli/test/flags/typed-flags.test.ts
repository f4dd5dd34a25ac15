import { expectTypeOf, test } from 'vitest'
import type { RunFlags } from '../../src/commands/run.ts'
import type { Flags } from '../../src/config/read-settings.ts'
import { Command, choiceOption, type FlagsOf, repeated } from '../../src/flags/command.ts'

const define = () =>
  new Command('sample')
    .argument('[files...]')
    .option('--once', 'a flag')
    .option('--poll-every <duration>', 'a value')
    .option('--type <type>', 'several values', repeated)
    .requiredOption('--to <destination>', 'a value that must be there')
    .addOption(choiceOption('--log <form>', 'one of a few words', ['human', 'json']))

test('an action receives the flags of its definition, with their names and types', () => {
  expectTypeOf<FlagsOf<typeof define>>().toEqualTypeOf<{
    readonly once?: true | undefined
    readonly pollEvery?: string | undefined
    readonly type?: string[] | undefined
    readonly to: string
    readonly log?: string | undefined
  }>()
  define().action((files, flags) => {
    expectTypeOf(files).toEqualTypeOf<string[]>()
    // @ts-expect-error: no such flag is defined.
    expectTypeOf(flags.oncee).toBeAny()
  })
})

test('a misspelled flag in a definition is a type error where the flag is read', () => {
  const misspelled = () => new Command('sample').option('--oncee', 'a flag')
  const read = (flags: { readonly once: true | undefined }): boolean => flags.once ?? false
  // @ts-expect-error: its only flag is `oncee`.
  misspelled().action((flags) => read(flags))
})

test('run has every flag that the settings are read from', () => {
  expectTypeOf<Exclude<keyof Flags, keyof RunFlags>>().toBeNever()
})
