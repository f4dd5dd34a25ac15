import type { Problem } from '../../terminal/problem.ts'

/** Whether a standard variable such as `OTEL_TRACES_EXPORTER` names an exporter, right or wrong. */
export function wantsExport(env: NodeJS.ProcessEnv, setting: string): boolean {
  return namesIn(env, setting).some((name) => name !== 'none')
}

/** Problems with such a variable; `hint` says what to do instead for a name. */
export function exporterProblems(
  env: NodeJS.ProcessEnv,
  setting: string,
  hint: (name: string) => string = () => '',
): Problem[] {
  const unknown = namesIn(env, setting).filter((name) => name !== 'otlp' && name !== 'none')
  return unknown.map((name) => ({
    setting,
    message: `Only otlp and none are known.${hint(name)} A good value is otlp.`,
  }))
}

function namesIn(env: NodeJS.ProcessEnv, setting: string): string[] {
  const names = (env[setting] ?? '').split(',')
  return names.map((name) => name.trim().toLowerCase()).filter((name) => name !== '')
}
