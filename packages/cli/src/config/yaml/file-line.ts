/** A line of a settings file, as messages name it. */
export function fileLine(path: string, line: number): string {
  return `${path}, line ${line}`
}

/** The number of the line that the name of a setting begins with. Undefined for a flag, a variable or a whole file. */
export function lineIn(setting: string): number | undefined {
  const line = /^.*?, line (\d+)(?::|$)/.exec(setting)?.[1]
  return line === undefined ? undefined : Number(line)
}
