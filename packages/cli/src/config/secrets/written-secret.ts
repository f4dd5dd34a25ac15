import type { WrittenSecret } from '@asana-audit/core/config'
import type { Problem } from '../../terminal/problem.ts'
import type { Origin } from '../origin.ts'
import { ownValue } from '../yaml/own-value.ts'

/** The kinds of places a secret may come from: each is the end of a setting, such as `token_file`. */
export type SecretSettings<Name extends string> = {
  readonly [Key in `${Name}_file` | `${Name}_env`]?: string | undefined
} & { readonly [Key in `${Name}_exec`]?: string | readonly string[] | undefined }

/** The settings of a secret in a YAML map; undefined if none of them is there. A variable that is named and not set is a problem. */
export function writtenSecret<Name extends string>(
  map: SecretSettings<Name>,
  name: Name,
  settingName: (key: string) => string,
  origin: Pick<Origin, 'file'>,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): WrittenSecret | undefined {
  const settings = map as Readonly<Record<string, string | undefined>>
  const [file, variable] = [settings[`${name}_file`], settings[`${name}_env`]]
  const command = map[`${name}_exec`] as string | readonly string[] | undefined
  if (file === undefined && variable === undefined && command === undefined) return undefined
  const text = variable === undefined ? undefined : ownValue(env, variable)?.trim()
  if (variable !== undefined && !text) {
    const message = `The environment variable it names is not set. Put the secret into that variable, or use ${name}_file.`
    problems.push({ setting: settingName(`${name}_env`), message })
  }
  return {
    text: { setting: settingName(`${name}_env`), value: variable === undefined ? undefined : (text ?? '') },
    variable,
    file: {
      setting: settingName(`${name}_file`),
      value: file,
      ...(file !== undefined && { path: origin.file(file) }),
    },
    command: { setting: settingName(`${name}_exec`), value: command },
  }
}

/** The same from the environment: `NAME`, `NAME_FILE` and `NAME_EXEC`. Undefined if none is set. */
export function secretOfEnvironment(
  env: NodeJS.ProcessEnv,
  name: string,
  fileAt: (written: string) => string,
): WrittenSecret | undefined {
  const [text, file, command] = ['', '_FILE', '_EXEC'].map((end) => ({
    setting: name + end,
    value: env[name + end]?.trim() || undefined,
  })) as [WrittenSecret['text'], WrittenSecret['text'], WrittenSecret['text']]
  if ([text, file, command].every(({ value }) => value === undefined)) return undefined
  const path = file.value === undefined ? undefined : fileAt(file.value)
  return { text, file: { ...file, ...(path !== undefined && { path }) }, command }
}
