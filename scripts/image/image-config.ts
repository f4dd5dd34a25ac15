import { version } from '../release/artifacts.ts'
import { imageUser } from './image-files.ts'

/** How a container of the image starts. The `Dockerfile` says the same, and a test compares them. */
export const containerConfig = {
  User: String(imageUser),
  Env: ['PATH=/usr/bin', 'ASANA_AUDIT_STATE=/var/lib/asana-audit/state.db'],
  Entrypoint: ['asana-audit'],
  Cmd: ['run', '--config', '/etc/asana-audit/asana-audit.yaml'],
  Volumes: { '/var/lib/asana-audit': {} },
  // OCI has no health check; Docker reads this one, others leave it.
  Healthcheck: { Test: ['CMD', 'asana-audit', 'health'], Interval: 60e9, Timeout: 30e9, StartPeriod: 60e9 },
  Labels: {
    'org.opencontainers.image.title': 'asana-audit',
    'org.opencontainers.image.description':
      "Delivers Asana's audit log to OTLP, Splunk HEC, Panther or files, without losing an event",
    'org.opencontainers.image.licenses': 'Apache-2.0',
    'org.opencontainers.image.version': version,
  },
} as const
