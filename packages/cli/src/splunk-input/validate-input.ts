import { toFault } from '@asana-audit/core'
import {
  type InputDefinition,
  openSplunkd,
  otherInputOf,
  readValidationXml,
  validationErrorXml,
} from '@asana-audit/splunk-input'
import { checkAsana } from '../check/checks.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { onPages } from './on-pages.ts'
import { openInput, requireIndex } from './open-input.ts'
import { readStandardInput } from './read-standard-input.ts'
import { steadyClock } from './steady-clock.ts'

/** `--validate-arguments`: says on standard output what is wrong with an input. Splunk shows that on the page and saves nothing. */
export async function validateInput(): Promise<ExitCode> {
  try {
    const problem = await problemOf(await readStandardInput(readValidationXml))
    if (problem === undefined) return exitCode.done
    process.stdout.write(validationErrorXml(problem))
  } catch (error) {
    // A defect too: without a sentence, the page would show none of ours.
    process.stdout.write(validationErrorXml(onPages(toFault(error))))
  }
  return exitCode.failed
}

/** The token is read once. */
const unheard = { onWarning: () => {}, onStale: () => {} }

/** Asks splunkd for the secrets and the index, and Asana for one event: token, plan, scope and workspace together. */
async function problemOf(definition: InputDefinition): Promise<string | undefined> {
  const splunkd = openSplunkd(definition)
  try {
    const { pipeline } = await openInput(definition, splunkd, steadyClock, unheard)
    await requireIndex(definition, splunkd)
    const other = await otherInputOf(splunkd, pipeline.workspace, definition.name)
    if (other !== undefined) {
      return `The input ${JSON.stringify(other)} reads this workspace already, and every event would come twice. Change that one, or disable it first.`
    }
    const found = await checkAsana(pipeline)
    return found.ok ? undefined : onPages(found)
  } finally {
    await splunkd.close()
  }
}
