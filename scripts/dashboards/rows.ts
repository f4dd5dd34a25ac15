import {
  ATTR_ASANA_AUDIT_ACTOR_TYPE,
  ATTR_ASANA_AUDIT_API_AUTHENTICATION_METHOD,
  ATTR_ASANA_AUDIT_CONTEXT_TYPE,
  ATTR_ASANA_AUDIT_EVENT_CATEGORY,
  ATTR_ASANA_AUDIT_EVENT_TYPE,
  ATTR_ASANA_AUDIT_OAUTH_APP_NAME,
  ATTR_ASANA_AUDIT_RELEVANCE,
  ATTR_ASANA_AUDIT_RESOURCE_EMAIL,
  ATTR_ASANA_WORKSPACE_GID,
  ATTR_CLIENT_ADDRESS,
  ATTR_GEO_COUNTRY_ISO_CODE,
  ATTR_USER_EMAIL,
} from '../../packages/schema/src/semconv.ts'
import type { Row, Where } from './panel.ts'

const type = (...names: readonly string[]): Where => ({ [ATTR_ASANA_AUDIT_EVENT_TYPE]: names })
const category = (...names: readonly string[]): Where => ({ [ATTR_ASANA_AUDIT_EVENT_CATEGORY]: names })

const important: Where = { [ATTR_ASANA_AUDIT_RELEVANCE]: ['high', 'critical'] }
const throughApi: Where = { [ATTR_ASANA_AUDIT_CONTEXT_TYPE]: ['api'] }
const exported = type('*_export_started')
const deleted = { ...category('deletion'), ...type('*_deleted') }
const administration = category('admin_settings', 'roles', 'user_updates', 'apps')
const changedRights = type(
  '*_role_changed',
  'custom_role_created',
  'role_permission_changed',
  '*_access_level_changed',
  '*_privacy_settings_changed',
)
const letIn = type(
  'user_invited',
  'user_reprovisioned',
  'user_csv_import_started',
  'workspace_associated_email_domain_added',
  'workspace_trusted_domains_setting_changed',
  'workspace_guest_invite_permissions_changed',
  'project_*_link_enabled',
  'workspace_*_links_enabled',
  'workspace_logged_out_view_authentication_required_disabled',
  'workspace_form_link_authentication_required_disabled',
  'workspace_form_is_embeddable_forms_enabled',
)

/** What all dashboards show. `pnpm generate:dashboards` writes them. */
export const rows: readonly Row[] = [
  {
    id: 'overview',
    title: 'Overview',
    shows:
      'how many, by category; what is high or critical; Asana’s support in the tenant; what is there for the first time',
    panels: [
      {
        kind: 'stat',
        title: 'Events',
        description: 'All of the chosen workspace and actor.',
        width: 6,
      },
      {
        kind: 'stat',
        title: 'High and critical',
        description:
          'What takes a defence away or opens a door, by the relevance that asana-audit gives each event.',
        where: important,
        width: 6,
        alert: 'red',
      },
      { kind: 'stat', title: 'Failed logins', where: type('user_login_failed'), width: 6, alert: 'orange' },
      {
        kind: 'stat',
        title: "By Asana's support",
        description: "Asana's own people in your workspace.",
        where: { [ATTR_ASANA_AUDIT_ACTOR_TYPE]: ['asana_support'] },
        everybody: true,
        width: 6,
        alert: 'orange',
      },
      { kind: 'time', title: 'Events by category', by: ATTR_ASANA_AUDIT_EVENT_CATEGORY, width: 12 },
      { kind: 'list', title: 'High and critical events', where: important, width: 12 },
      {
        kind: 'newest',
        title: 'Kinds of events, the newest first',
        description: 'When each kind was first there, within the time that is shown: choose some weeks.',
        answers: 'news',
        by: ATTR_ASANA_AUDIT_EVENT_TYPE,
        width: 12,
      },
      {
        kind: 'newest',
        title: 'Who administers, the newest first',
        description:
          'When each was first seen to change settings, roles, people or apps, within the time that is shown.',
        answers: 'news',
        where: administration,
        by: ATTR_USER_EMAIL,
        width: 12,
      },
    ],
  },
  {
    id: 'logins',
    title: 'Logins',
    shows:
      'logins and failures over time; addresses that are new; failures by account, by address and by country',
    panels: [
      {
        kind: 'time',
        title: 'Logins and logouts',
        where: category('logins'),
        by: ATTR_ASANA_AUDIT_EVENT_TYPE,
        width: 12,
      },
      {
        kind: 'newest',
        title: 'Addresses of logins, the newest first',
        description: 'When each address was first used, within the time that is shown: choose some weeks.',
        answers: 'logins',
        where: type('user_login_succeeded'),
        by: ATTR_CLIENT_ADDRESS,
        width: 12,
      },
      {
        kind: 'top',
        title: 'Failed logins by account',
        description: 'The account that somebody wanted to sign in to; often nobody is named as the actor.',
        answers: 'logins',
        where: type('user_login_failed'),
        by: ATTR_ASANA_AUDIT_RESOURCE_EMAIL,
        width: 8,
      },
      {
        kind: 'top',
        title: 'Failed logins by address',
        answers: 'logins',
        where: type('user_login_failed'),
        by: ATTR_CLIENT_ADDRESS,
        width: 8,
      },
      {
        kind: 'top',
        title: 'Failed logins by country',
        description:
          'Empty unless asana-audit adds the place of addresses: --geo-file, or geo_file under context.',
        answers: 'logins',
        where: type('user_login_failed'),
        by: ATTR_GEO_COUNTRY_ISO_CODE,
        width: 8,
        places: ['loki', 'victorialogs', 'clickhouse', 'opensearch'],
      },
    ],
  },
  {
    id: 'administration',
    title: 'Administration',
    shows:
      'settings and roles by relevance; who changes roles and rights; who lets people in; each change as a sentence',
    panels: [
      {
        kind: 'time',
        title: 'Settings and roles, by relevance',
        where: category('admin_settings', 'roles'),
        by: ATTR_ASANA_AUDIT_RELEVANCE,
        width: 12,
      },
      {
        kind: 'top',
        title: 'Who administers',
        where: category('admin_settings', 'roles', 'user_updates'),
        by: ATTR_USER_EMAIL,
        width: 12,
      },
      {
        kind: 'top',
        title: 'Who changes roles and rights',
        answers: 'rights',
        where: changedRights,
        by: ATTR_USER_EMAIL,
        width: 12,
      },
      { kind: 'list', title: 'Roles and rights', answers: 'rights', where: changedRights, width: 12 },
      {
        kind: 'top',
        title: 'Who lets people in from outside',
        answers: 'outsiders',
        where: letIn,
        by: ATTR_USER_EMAIL,
        width: 12,
      },
      {
        kind: 'list',
        title: 'Let in from outside',
        description: 'People invited or imported, domains and links opened, logins no longer needed.',
        answers: 'outsiders',
        where: letIn,
        width: 12,
      },
      {
        kind: 'list',
        title: 'Changes of settings, roles and members',
        where: category('admin_settings', 'roles', 'user_updates'),
        width: 24,
      },
    ],
  },
  {
    id: 'data_out',
    title: 'Data out',
    shows: 'exports, downloads, links to everybody, and who; what is deleted, and by whom',
    panels: [
      {
        kind: 'time',
        title: 'Exports, downloads and links to everybody',
        where: type('*_export_started', 'attachment_downloaded', 'project_*_link_enabled'),
        by: ATTR_ASANA_AUDIT_EVENT_TYPE,
        width: 12,
      },
      {
        kind: 'top',
        title: 'Who takes data out',
        answers: 'exports',
        where: type('*_export_started', 'attachment_downloaded'),
        by: ATTR_USER_EMAIL,
        width: 12,
      },
      { kind: 'list', title: 'Exports', answers: 'exports', where: exported, width: 24 },
      {
        kind: 'top',
        title: 'Who deletes',
        answers: 'deletions',
        where: deleted,
        by: ATTR_USER_EMAIL,
        width: 12,
      },
      { kind: 'list', title: 'What was deleted', answers: 'deletions', where: deleted, width: 12 },
    ],
  },
  {
    id: 'apps_and_credentials',
    title: 'Apps and credentials',
    shows: 'apps, tokens, service accounts; what acts through the API',
    panels: [
      {
        kind: 'time',
        title: 'Apps, tokens and service accounts',
        where: category('apps'),
        by: ATTR_ASANA_AUDIT_EVENT_TYPE,
        width: 12,
      },
      { kind: 'list', title: 'The same, one by one', where: category('apps'), width: 12 },
      {
        kind: 'time',
        title: 'Through the API, by way of signing in',
        where: throughApi,
        by: ATTR_ASANA_AUDIT_API_AUTHENTICATION_METHOD,
        width: 12,
      },
      {
        kind: 'top',
        title: 'Apps that act through the API',
        description: 'Without what Asana names no app for.',
        where: throughApi,
        by: ATTR_ASANA_AUDIT_OAUTH_APP_NAME,
        width: 12,
      },
    ],
  },
  {
    id: 'feed_health',
    title: 'Feed health',
    shows:
      'events by workspace; events with unknown parts; where a store keeps it, the delay between event and arrival',
    panels: [
      {
        kind: 'delay',
        title: 'Delay: from the event to its arrival',
        description:
          '95th percentile of the time from created_at to when asana-audit read the event. A backlog shows as days.',
        everybody: true,
        width: 8,
        places: ['loki'],
      },
      {
        kind: 'time',
        title: 'Events by workspace',
        description: 'A line that ends is a feed that stands still, or a workspace at rest.',
        everybody: true,
        by: ATTR_ASANA_WORKSPACE_GID,
        width: 8,
      },
      {
        kind: 'stat',
        title: 'With something new in them',
        description:
          'Events with fields or values that asana-audit has no attribute for: they are whole, in asana.audit.unmapped. A known field that is only null is nothing new.',
        unfamiliar: true,
        everybody: true,
        width: 8,
        places: ['loki', 'victorialogs', 'clickhouse', 'opensearch'],
      },
    ],
  },
]
