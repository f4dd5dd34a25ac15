import { checkOptionNames, type OptionNames } from '../known-options.ts'
import {
  ATTR_ASANA_WORKSPACE_GID,
  ATTR_SERVICE_NAME,
  ATTR_TELEMETRY_DISTRO_NAME,
  ATTR_TELEMETRY_DISTRO_VERSION,
} from '../semconv.ts'
import { auditScope } from './scope.ts'

export interface AuditResourceOptions {
  /** The gid of the workspace. */
  workspace: string
  /**
   * `service.name`: the service the log is about, not the one that delivers it.
   * @default 'asana'
   */
  serviceName?: string
}

const optionNames: OptionNames<AuditResourceOptions> = { workspace: true, serviceName: true }

/** The resource attributes of every record of one workspace. */
export function auditResourceAttributes(options: AuditResourceOptions): { [name: string]: string } {
  checkOptionNames('auditResourceAttributes', optionNames, options)
  const { workspace, serviceName = 'asana' } = options
  return {
    [ATTR_SERVICE_NAME]: serviceName,
    [ATTR_ASANA_WORKSPACE_GID]: workspace,
    [ATTR_TELEMETRY_DISTRO_NAME]: 'asana-audit',
    [ATTR_TELEMETRY_DISTRO_VERSION]: auditScope.version,
  }
}
