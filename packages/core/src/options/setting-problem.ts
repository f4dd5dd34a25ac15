/** One thing wrong with the configuration. Never holds a secret. */
export interface SettingProblem {
  /** The variable's name. */
  readonly setting: string
  /** What is wrong and a good value, as one sentence or two. */
  readonly message: string
}

/** Environment variables; `process.env` is one. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The value without surrounding blanks. An empty one counts as unset, as OpenTelemetry requires. */
export function settingOf(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined
}
