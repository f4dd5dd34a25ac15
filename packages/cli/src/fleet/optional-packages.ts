import { fault } from '@asana-audit/core'

/** What only the fleet and a state in PostgreSQL need, and is not part of the command. */
const optional = ['pg', 'pg-boss']

/** Loads a module that needs them. Rejects with a fatal `missing_package` that says how to install them. */
export async function withOptionalPackages<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    if (!isMissing(error)) throw error
    const message = `A fleet needs the packages ${optional.join(' and ')}, which are not installed with the command. Install them beside it: npm install --global ${optional.join(' ')}.`
    throw fault({ fault: 'fatal', code: 'missing_package', message, cause: error })
  }
}

function isMissing(error: unknown): boolean {
  const { code, message = '' } = Object(error) as { readonly code?: unknown; readonly message?: string }
  const codes = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'ERR_UNKNOWN_BUILTIN_MODULE']
  return (
    codes.includes(String(code)) &&
    optional.some((name) => message.includes(`'${name}'`) || message.includes(`: ${name}`))
  )
}
