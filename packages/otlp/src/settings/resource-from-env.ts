import { type Environment, type SettingProblem, settingOf } from '@asana-audit/core/config'
import { readKeyValueList } from './key-value-list.ts'

export type ResourceFromEnv =
  | { readonly attributes: Readonly<Record<string, string>>; readonly problems?: never }
  | { readonly attributes?: never; readonly problems: readonly SettingProblem[] }

/**
 * Resource attributes from `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME`, which takes precedence for
 * `service.name`.
 * https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable
 */
export function resourceFromEnv(env: Environment): ResourceFromEnv {
  const setting = 'OTEL_RESOURCE_ATTRIBUTES'
  const { pairs, wrong } = readKeyValueList(settingOf(env, setting) ?? '')
  if (wrong.length > 0) {
    const good = 'A good value is deployment.environment.name=production,service.namespace=security'
    return { problems: wrong.map((what) => ({ setting, message: `In its list, ${what}. ${good}.` })) }
  }
  const serviceName = settingOf(env, 'OTEL_SERVICE_NAME')
  return { attributes: { ...Object.fromEntries(pairs), ...(serviceName && { 'service.name': serviceName }) } }
}
