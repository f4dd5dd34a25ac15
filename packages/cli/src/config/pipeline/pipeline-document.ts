import { sourceDefaults } from '@asana-audit/core/config'
import type { Level } from '@asana-audit/detections'
import { actorTypes } from '@asana-audit/schema/mapping'
import * as z from 'zod'
import { dialects } from '../../dialect.ts'
import { dayMs, minuteMs } from '../../duration.ts'
import { durationPattern, parseDuration, parseTime } from '../times/time.ts'
import { timeLimits } from '../times/time-limits.ts'
import { isGid } from './gid.ts'

/** What to write for each setting. Every message about a wrong setting ends with it. */
export const goodValues: Record<string, string> = {
  name: 'Give a short name of your own, for example acme-otlp.',
  workspace: 'Give the "Domain ID" from Settings in the admin console, for example 1234567890123456.',
  token_file: 'Give the path of a file that holds the token, for example /run/secrets/asana-token.',
  token_env: 'Give the name of an environment variable that holds the token, for example ASANA_TOKEN.',
  token_exec:
    'Give a command that prints the token, for example [vault, kv, get, -field=token, secret/asana].',
  second_token_file: 'Give the path of a file that holds it, for example /run/secrets/asana-token-2.',
  second_token_env: 'Give the name of an environment variable that holds it, for example ASANA_TOKEN_2.',
  second_token_exec:
    'Give a command that prints it, for example [vault, kv, get, -field=second, secret/asana].',
  base_url: 'Give an https URL (http only for this machine), for example https://app.asana.com/api/1.0.',
  ca_file: 'Give the path of a PEM file, for example /etc/ssl/proxy-ca.pem.',
  filters: 'Give a map with event_type, actor_type, actor_gid, actor_email or resource_gid.',
  'filters.event_type':
    'Give an event type or a list of them, for example user_login_failed, in YAML [user_login_failed, user_logged_out].',
  'filters.actor_type':
    'Give one or a list of user, asana, asana_support, anonymous, external_administrator, for example user.',
  'filters.actor_gid': "Give the actor's gid, for example 1234567890123456, and leave actor_type out.",
  'filters.actor_email': 'Give one e-mail address, for example ada@example.com.',
  'filters.resource_gid': "Give the resource's gid, for example 1234567890123456.",
  since: 'Give a time, a date or an age: 2026-01-31T08:00:00Z, 2026-01-31 or 31d.',
  until: 'Give a time, a date or an age: 2026-01-31T08:00:00Z, 2026-01-31 or 12h.',
  poll: 'Give a duration of at least 1s, for example 10s.',
  max_poll: 'Give a duration of at least poll (10s by default), for example 60s.',
  settled_window:
    'Give a duration up to 24h, for example 45m. Events that appear later than that are missed.',
  reread_every: 'Give a duration of at least 1m, for example 15m.',
  limit: 'Give a whole number from 1. Asana documents up to 100. Without it, Asana chooses.',
  max_response_bytes: 'Give a number of bytes of at least 65536, for example 100663296.',
  details: 'Give json (a string, the default) or structured (a map).',
  fields: 'Give a map from dotted paths to keep, hash or drop, for example actor.email: hash.',
  people: 'Give keep, hash or drop. It applies to the address, name and gid of every person in an event.',
  relevance:
    'Give a map from event types, families or categories to informational, low, medium, high or critical, for example user_login_failed: medium.',
  hash_key_file: 'Give the path of a file with at least 16 bytes, for example /run/secrets/hash-key.',
  context: 'Give a map, for example context: { user_agent: true }.',
  'context.user_agent': 'Give true or false.',
  'context.geo_file':
    'Give the path of a City or Country database, for example /var/lib/GeoIP/GeoLite2-City.mmdb.',
  'context.asn_file':
    'Give the path of an ASN or ISP database, for example /var/lib/GeoIP/GeoLite2-ASN.mmdb.',
  'context.provenance': 'Give true or false.',
  detect: 'Give a map, for example detect: { level: medium }, or detect: {} for the rules we ship.',
  'detect.rules':
    'Give shipped, a file or folder of Sigma rules, or a list of them, for example [shipped, our-rules/].',
  'detect.level': 'Give informational, low, medium, high or critical.',
  format: `Give one of ${dialects.join(', ')}; otlp is the default.`,
  to: 'Give otlp, splunk-hec, panther-http, file:PATH, archive:PATH, archive:s3://BUCKET/PREFIX or stdout.',
}

const text = z.string().trim().min(1)
/** A program and its words. */
const command = z.union([text, z.array(z.string()).min(1)])
/** Gids look like numbers, and YAML reads them so. */
const gid = z.union([text, z.int().nonnegative()]).transform(String).pipe(z.string().refine(isGid))

const time = z
  .string()
  .trim()
  // What compares two times must not get an empty one.
  .min(1, { abort: true })
  .transform((value, context) => {
    const parsed = parseTime(value, Date.now())
    if (parsed === undefined) context.addIssue('not a time')
    return parsed ?? z.NEVER
  })

const duration = text.regex(durationPattern).transform((value, context) => {
  const parsed = parseDuration(value)
  if (parsed === undefined) context.addIssue('not a duration')
  return parsed ?? z.NEVER
})

const oneOrMore = <T extends z.ZodType<string, unknown>>(one: T) => z.union([one, z.array(one).min(1)])

const filters = z
  .strictObject({
    event_type: oneOrMore(text).optional(),
    actor_type: oneOrMore(z.enum(actorTypes)).optional(),
    actor_gid: gid.optional(),
    actor_email: z.string().includes('@').optional(),
    resource_gid: gid.optional(),
  })
  .refine(({ actor_type, actor_gid }) => actor_type === undefined || actor_gid === undefined, {
    path: ['actor_gid'],
    error: 'Asana accepts either actor_gid or actor_type, but both are given.',
    params: { isSentence: true },
  })
  .refine(
    ({ actor_type, actor_email }) => !actor_type || !actor_email || [actor_type].flat().includes('user'),
    {
      path: ['actor_type'],
      error: 'No event can match: actor_email is given, and only users have an e-mail address.',
      params: { isSentence: true },
    },
  )

/** A base URL that a token may be sent to, because nobody can read the connection: https, or this machine. */
function isSafeBaseUrl(value: string): boolean {
  if (!URL.canParse(value)) return false
  const { protocol, hostname, username, password, search, hash } = new URL(value)
  if (username || password || search || hash) return false
  const here = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
  return protocol === 'https:' || (protocol === 'http:' && here)
}

/** As Sigma has them. A run without rules does not load the package that has this list too; its type checks that they agree. */
const ruleLevels = ['informational', 'low', 'medium', 'high', 'critical'] as const satisfies readonly Level[]

/** One pipeline as it is written in YAML. Flags and environment are converted to this form first. */
export const pipelineDocument = z
  .strictObject({
    name: text.optional(),
    workspace: gid,
    token_file: text.optional(),
    token_env: text.optional(),
    token_exec: command.optional(),
    second_token_file: text.optional(),
    second_token_env: text.optional(),
    second_token_exec: command.optional(),
    base_url: z.string().refine(isSafeBaseUrl).optional(),
    ca_file: text.optional(),
    filters: filters.optional(),
    since: time.optional(),
    until: time.optional(),
    poll: duration.pipe(z.number().min(1_000)).optional(),
    max_poll: duration.pipe(z.number().min(1_000)).optional(),
    settled_window: duration.pipe(z.number().max(dayMs)).optional(),
    reread_every: duration.pipe(z.number().min(minuteMs)).optional(),
    limit: z.coerce.number().int().min(1).optional(),
    max_response_bytes: z.coerce.number().int().min(65_536).optional(),
    details: z.enum(['json', 'structured']).optional(),
    fields: z.record(z.string(), z.enum(['keep', 'hash', 'drop'])).optional(),
    people: z.enum(['keep', 'hash', 'drop']).optional(),
    hash_key_file: text.optional(),
    // `relevancePolicy` checks the names and levels and reports all their problems at once.
    relevance: z.record(z.string(), z.unknown()).optional(),
    context: z
      .strictObject({
        user_agent: z.boolean().optional(),
        geo_file: text.optional(),
        asn_file: text.optional(),
        provenance: z.boolean().optional(),
      })
      .optional(),
    detect: z
      .strictObject({ rules: oneOrMore(text).optional(), level: z.enum(ruleLevels).optional() })
      .optional(),
    format: z.enum(dialects).optional(),
    to: z.unknown().refine((value) => value !== undefined && value !== null),
  })
  .refine(({ poll = sourceDefaults.pollMs, max_poll = poll }) => max_poll >= poll, {
    path: ['max_poll'],
    error: 'It is shorter than poll.',
    params: { isSentence: true },
  })
  .superRefine(({ since, until }, context) => {
    for (const [name, message] of Object.entries(timeLimits({ since, until }, Date.now()))) {
      context.addIssue({ code: 'custom', path: [name], message, params: { isSentence: true } })
    }
  })

export type PipelineDocument = z.output<typeof pipelineDocument>
