/** A line of a settings file, as messages name it. */
export function fileLine(path: string, line: number): string {
  return `${path}, line ${line}`
}

const named = /^.*?, line (\d+)(?:: (.*)|:|$)/

/** The number of the line that the name of a setting begins with. Undefined for a flag, a variable or a whole file. */
export function lineIn(setting: string): number | undefined {
  const line = named.exec(setting)?.[1]
  return line === undefined ? undefined : Number(line)
}

/** The dotted path of a setting that is named with its line. */
export function settingIn(setting: string): string | undefined {
  return named.exec(setting)?.[2]
}
