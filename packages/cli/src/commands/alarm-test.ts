import { httpClient, isFault } from '@asana-audit/core'
import { commonSettings } from '../config/common-settings.ts'
import { readConfigFile } from '../config/config-file.ts'
import type { AlarmSettings } from '../config/monitoring/alarm.ts'
import type { WebhookSettings } from '../config/monitoring/webhook.ts'
import { type AnyCommand, Command, type Done, type FlagsOf } from '../flags/command.ts'
import { examples } from '../flags/help.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { invalidSettings, type Problem } from '../terminal/problem.ts'
import { say } from '../terminal/say.ts'

const define = () =>
  new Command('test')
    .description('Send a test alarm to each webhook, and say whether it was taken.')
    .requiredOption('--config <file>', 'the YAML file with alarm')
    .addHelpText('before', examples('alarm test --config pipelines.yaml'))

/** `asana-audit alarm test`. */
export const alarmTestCommand = (done: Done): AnyCommand =>
  define().action(async (flags) => done(await alarmTest(flags)))

async function alarmTest(flags: FlagsOf<typeof define>): Promise<ExitCode> {
  const problems: Problem[] = []
  const settings = await alarmSettings(flags.config, problems)
  if (problems.length === 0 && !settings?.webhooks.length) {
    const message =
      'It has no webhook. Write one, for example alarm: { webhooks: [{ shape: slack, url_file: /run/secrets/slack-url }] }.'
    problems.push({ setting: `${flags.config}: alarm`, message })
  }
  if (problems.length > 0 || !settings) return invalidSettings(problems)
  const sent = await Promise.all(settings.webhooks.map(sendTest))
  for (const { name, fault } of sent)
    say(fault === undefined ? `✓ ${name} took the test alarm.` : `✗ ${name} did not take it. ${fault}`)
  return sent.every(({ fault }) => fault === undefined) ? exitCode.done : exitCode.failed
}

async function alarmSettings(config: string, problems: Problem[]): Promise<AlarmSettings | undefined> {
  const yaml = await readConfigFile({ config }, process.env, problems)
  if (yaml?.alarm === undefined) return undefined
  const { readAlarm } = await import('../config/monitoring/alarm.ts')
  const { proxies } = await commonSettings(process.env, problems)
  return readAlarm(yaml.alarm, yaml.origin, proxies, problems)
}

/** One attempt: a person waits for the answer. */
async function sendTest(settings: WebhookSettings): Promise<{ name: string; fault: string | undefined }> {
  const { name, http } = settings
  const { webhook } = await import('../alarm/webhook.ts')
  const client = httpClient(http, ({ message }) => say(`! ${message}`))
  const now = Date.now()
  const message = 'This is a test of asana-audit alarm test. Nothing is wrong.'
  const alarm = { pipeline: 'test', kind: 'drop_off', state: 'ALARM', since: now, message } as const
  try {
    await webhook(settings, client, Date.now)(alarm, 0, new AbortController().signal)
    return { name, fault: undefined }
  } catch (error) {
    if (!isFault(error)) throw error
    return { name, fault: error.message }
  } finally {
    await client.close()
  }
}
