import { httpClient, isFault } from '@asana-audit/core'
import type { Alarm } from '../alarm/alarm.ts'
import { commonSettings } from '../config/common-settings.ts'
import { readConfigFile } from '../config/config-file.ts'
import type { AlarmSettings } from '../config/monitoring/alarm.ts'
import type { WebhookSettings } from '../config/monitoring/webhook.ts'
import { type AnyCommand, Command, type Done, type FlagsOf } from '../flags/command.ts'
import { examples } from '../flags/help.ts'
import type { Finding } from '../progress/finding/finding.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../terminal/problem.ts'
import { say } from '../terminal/say.ts'

const define = () =>
  new Command('test')
    .description(
      'Send a test alarm to each webhook, and a test finding if a pipeline has detect; say what was taken.',
    )
    .requiredOption('--config <file>', 'the YAML file with alarm')
    .addHelpText('before', examples('alarm test --config pipelines.yaml'))

/** `asana-audit alarm test`. */
export const alarmTestCommand = (done: Done): AnyCommand =>
  define().action(async (flags) => done(await alarmTest(flags)))

async function alarmTest(flags: FlagsOf<typeof define>): Promise<ExitCode> {
  const problems: Problem[] = []
  const { settings, hasRules } = await alarmSettings(flags.config, problems)
  if (problems.length === 0 && !settings?.webhooks.length) {
    const message =
      'It has no webhook. Write one, for example alarm: { webhooks: [{ shape: slack, url_file: /run/secrets/slack-url }] }.'
    problems.push({ setting: `${flags.config}: alarm`, message })
  }
  if (problems.length > 0 || !settings) return invalidSettings(problems)
  const tests = [testAlarm(Date.now()), ...(hasRules ? [testFinding(Date.now())] : [])]
  const sent = await Promise.all(settings.webhooks.map((webhook) => sendTests(webhook, tests)))
  const what = hasRules ? 'the test alarm and the test finding' : 'the test alarm'
  for (const { name, fault } of sent)
    say(fault === undefined ? `✓ ${name} took ${what}.` : `✗ ${name} did not take ${fault}`)
  return sent.every(({ fault }) => fault === undefined) ? exitCode.done : exitCode.failed
}

/** `hasRules`: webhooks get findings, too. */
async function alarmSettings(
  config: string,
  problems: Problem[],
): Promise<{ readonly settings: AlarmSettings | undefined; readonly hasRules: boolean }> {
  const yaml = await readConfigFile({ config }, process.env, problems)
  const hasRules = yaml?.pipelines.some((one) => Object.hasOwn(Object(one), 'detect')) === true
  if (yaml?.alarm === undefined) return { settings: undefined, hasRules }
  const { readAlarm } = await import('../config/monitoring/alarm.ts')
  const { proxies } = await commonSettings(process.env, problems)
  return { settings: await readAlarm(yaml.alarm, yaml.origin, proxies, problems), hasRules }
}

const nothing = 'This is only a test, sent by the command asana-audit alarm test. Nothing is wrong.'

function testAlarm(now: number): Alarm {
  return { pipeline: 'test', kind: 'drop_off', state: 'ALARM', since: now, message: nothing }
}

/** As a rule of the lowest level would find it, so that nobody is called. */
function testFinding(now: number): Alarm {
  const finding: Finding = {
    ...{ id: `test-${now}`, at: now, message: nothing, count: 1, gids: ['0'], group: {} },
    rule: { id: 'test', title: 'Test of a finding', level: 'informational', tags: [] },
    actor: { name: 'asana-audit alarm test' },
  }
  return { pipeline: 'test', kind: 'detection', finding, state: 'ALARM', since: now, message: nothing }
}

/** One attempt each: a person waits for the answer. `fault` begins with what was not taken. */
async function sendTests(
  settings: WebhookSettings,
  tests: readonly Alarm[],
): Promise<{ name: string; fault: string | undefined }> {
  const { name, http } = settings
  const { webhook } = await import('../alarm/webhook.ts')
  const client = httpClient(http, ({ message }) => say(`! ${message}`))
  const send = webhook(settings, client, Date.now)
  let what = ''
  try {
    for (const alarm of tests) {
      what = alarm.kind === 'detection' ? 'the test finding' : 'the test alarm'
      await send(alarm, 0, new AbortController().signal)
    }
    return { name, fault: undefined }
  } catch (error) {
    if (!isFault(error)) throw error
    return { name, fault: `${what}. ${error.message}` }
  } finally {
    await client.close()
  }
}
